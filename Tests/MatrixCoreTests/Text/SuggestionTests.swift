import Testing

@testable import MatrixCore

@Suite struct SuggestionTests {
    private let keys = ["hosts", "platform", "provision", "deploy", "verify", "vars", "os"]

    @Test(arguments: [
        ("hots", "hosts"), ("Hosts", "hosts"), ("plaform", "platform"), ("provison", "provision"), ("depoly", "deploy"),
        ("verfiy", "verify"), ("var", "vars"),
    ])
    func findsWhatWasMeant(word: String, meant: String) {
        #expect(Suggestion.nearest(to: word, among: keys) == meant)
    }

    @Test(arguments: ["banana", "x", "", "hostnames"])
    func staysSilentIfNothingIsNear(word: String) {
        #expect(Suggestion.nearest(to: word, among: keys) == nil)
    }

    @Test func equallyNearOnesAreTakenInOrder() {
        #expect(Suggestion.nearest(to: "cat", among: ["hat", "bat"]) == "bat")
        #expect(Suggestion.nearest(to: "cat", among: [String]()) == nil)
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1), ("kitten", "sitting", 3), ("ab", "ba", 1),
    ])
    func countsEdits(left: String, right: String, edits: Int) {
        #expect(Suggestion.distance(left, right) == edits)
        #expect(Suggestion.distance(right, left) == edits)
    }
}
