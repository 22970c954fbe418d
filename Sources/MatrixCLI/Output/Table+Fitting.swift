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
}
