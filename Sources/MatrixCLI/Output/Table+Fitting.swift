extension Table {
    /// How wide the text is.
    var width: Int { text.split(separator: "\n").map(\.count).max() ?? 0 }

    /// The table within a width, if that is possible: without the columns that say nothing, then without those that matter least.
    ///
    /// - Parameter expendable: the headings of columns that may be left out, the least important first.
    func fitting(_ width: Int, droppingFirst expendable: [String]) -> Table {
        var table = self
        for (column, heading) in headings.enumerated().reversed() where rows.allSatisfy({ $0[column].isEmpty }) {
            table = table.leavingOut(heading)
        }
        for heading in expendable where table.width > width { table = table.leavingOut(heading) }
        return table
    }

    private func leavingOut(_ heading: String) -> Table {
        guard let column = headings.firstIndex(of: heading) else { return self }
        func cut(_ row: [String]) -> [String] {
            var row = row
            row.remove(at: column)
            return row
        }
        return Table(headings: cut(headings), rows: rows.map(cut))
    }
}
