/// What an exit status says, as people read it.
enum ExitMeaning {
    static func sentence(_ status: Int32) -> String {
        switch status {
        case 0: "exit status 0: every verdict passed"
        case 1: "exit status 1: a deploy or verify verdict failed"
        case 2: "exit status 2: the command line or the matrix file is wrong"
        case 3: "exit status 3: infrastructure kept a verdict from being reached"
        case 4: "exit status 4: a resource may be left behind"
        case 130, 143: "exit status \(status): interrupted, torn down"
        default: "exit status \(status)"
        }
    }
}
