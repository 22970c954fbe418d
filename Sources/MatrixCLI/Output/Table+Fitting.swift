extension Table {
    /// The table within a width, if that is possible: without the columns that say nothing, then without those that matter least.
    ///
    /// - Parameter expendable: the headings of columns that may be left out, the least important first.
    func fitting(_ width: Int, droppingFirst expendable: [String]) -> Table {
        var table = self
        for (column, heading) in headings.enumerated().reversed() where rows.allSatisfy({ $0[column].isEmpty }) {
            table = table.without(heading)
        }
        for heading in expendable where table.columns > width { table = table.without(heading) }
        return table
    }

    /// The table with the middle of a column's long texts left out, as far as a width needs it. Twelve columns of a text always stay.
    func shortening(_ heading: String, to width: Int) -> Table {
        guard let column = headings.firstIndex(of: heading), columns > width else { return self }
        var table = self
        let longest = rows.map { $0[column].columns }.max() ?? 0
        for row in rows.indices { table.rows[row][column] = rows[row][column].cutInside(to: max(12, longest - (columns - width))) }
        return table
    }
}
