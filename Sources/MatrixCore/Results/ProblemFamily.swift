/// Types with a word that the matrix file, a recipe or the run gives: `matrix.check.<kind>`. Documented as ``ProblemType`` is.
public enum ProblemFamily: String, Sendable, CaseIterable {
    /// A check's answer is not the expected one.
    /// Next: Compare expected and observed; run the command of the case.
    case check = "matrix.check.<kind>"
    /// A test that a check ran failed, or could not be run.
    /// Next: Read the test's own message.
    case checkTest = "matrix.check.<kind>.test"
    /// A check could not be asked, so there is no verdict.
    /// Next: Read the message; see the host.
    case checkUnanswered = "matrix.check.<kind>.unanswered"
    /// Something outside of matrix failed in this phase.
    /// Next: Read the message.
    case infrastructure = "matrix.<phase>.infrastructure"
    /// The phase took longer than its limit.
    /// Next: Give it more time with timeouts: if it only needs longer.
    case timeout = "matrix.<phase>.timeout"
    /// Something that the matrix file names is wrong, as was seen only in this phase.
    /// Next: Correct what the message names.
    case usage = "matrix.<phase>.usage"
    /// The phase failed in a way that has no other type.
    /// Next: Read the message.
    case error = "matrix.<phase>.error"
    /// A planned case has no answer.
    /// Next: Report it with results.json.
    case unanswered = "matrix.<phase>.unanswered"
    /// The cell or case ended so, and nothing says why.
    /// Next: See the cell's logs.
    case outcome = "matrix.<phase>.<outcome>"
    /// A rehearsed step failed because the scenario says so.
    /// Next: Correct the scenario if that is not meant.
    case simulated = "matrix.<phase>.<kind>"
    /// A stage's script of the recipe failed.
    /// Next: Read its last lines.
    case recipe = "matrix.<recipe>"
    /// A file that the step names could not be read.
    /// Next: Correct its path in the step.
    case recipeFile = "matrix.<recipe>.file"
    /// The cell has no host for a stage.
    /// Next: Correct the roles of the cell, or the option that names hosts.
    case recipeHosts = "matrix.<recipe>.hosts"
    /// A host lacks what the recipe needs.
    /// Next: Give it the memory or the full name of the message.
    case recipeNeeds = "matrix.<recipe>.needs"
    /// No stage of the recipe applies.
    /// Next: Correct the step's options.
    case recipeNothing = "matrix.<recipe>.nothing"
    /// A script ended with status 0 but printed an error.
    /// Next: Read the line of the message.
    case recipeOutput = "matrix.<recipe>.output"
    /// A script did not print a secret, or one that is too short to hide.
    /// Next: See the script's output.
    case recipeSecret = "matrix.<recipe>.secret"
    /// The recipe is not for this system.
    /// Next: Leave the cell out with when: { os: … }.
    case recipeSystem = "matrix.<recipe>.system"
    /// A script ended with status 0 without its last line.
    /// Next: Read its last lines.
    case recipeUnfinished = "matrix.<recipe>.unfinished"

    /// The type with its words: `ProblemFamily.check.type("http")` is `matrix.check.http`.
    public func type(_ words: String...) -> String {
        var text = rawValue
        for word in words {
            guard let start = text.firstIndex(of: "<"), let end = text.firstIndex(of: ">") else { break }
            text.replaceSubrange(start...end, with: word)
        }
        return text
    }
}
