internal import MatrixCore

/// One finished run of `ansible-playbook`.
struct AnsibleExecution {
    var record: TaskRecord
    var result: CommandResult
    var tail: OutputTail
    var started: Timestamp
    var finished: Timestamp
}
