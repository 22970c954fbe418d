import MatrixCore

/// Scales the times of a sped-up run to real time.
struct Stretching {
    let start: Timestamp
    let factor: Double

    func stretched(_ result: RunResult) -> RunResult {
        var result = result
        result.finished = life(result.finished)
        result.cells = result.cells.map(stretched)
        return result
    }

    private func stretched(_ cell: CellResult) -> CellResult {
        var cell = cell
        cell.queued = life(cell.queued)
        cell.started = life(cell.started)
        cell.finished = life(cell.finished)
        cell.phases = cell.phases.map { phase in
            var phase = phase
            phase.started = life(phase.started)
            phase.finished = life(phase.finished)
            return phase
        }
        cell.cases = cell.cases.map { result in
            var result = result
            result.started = life(result.started)
            result.seconds *= factor
            return result
        }
        return cell
    }

    private func life(_ moment: Timestamp) -> Timestamp {
        Timestamp(seconds: start.seconds + moment.seconds(since: start) * factor)
    }
}
