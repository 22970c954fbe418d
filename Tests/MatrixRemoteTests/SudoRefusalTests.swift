import MatrixRemote
import Testing

struct SudoRefusalTests {
    @Test(
        "What sudo says becomes what to change",
        arguments: [
            ("sudo: sorry, you must have a tty to run sudo", "requiretty", "Defaults:lav !requiretty"),
            (
                "We trust you have received the usual lecture\n#1) Respect\n\nsudo: a password is required", "password",
                "lav ALL=(ALL) NOPASSWD"
            ),
            ("sudo: a terminal is required to read the password; use -S", "password", "lav ALL=(ALL) NOPASSWD: ALL"),
            ("lav is not in the sudoers file.", "may not", "lav ALL=(ALL)"),
            ("sh: 1: sudo: not found", "no sudo", "install sudo"),
        ])
    func causes(said: String, why: String, next: String) throws {
        let refusal = try #require(SudoRefusal(said, user: "lav"))
        #expect(refusal.why.contains(why) && refusal.next.contains(next), "\(refusal)")
    }

    @Test("What is not sudo's is no refusal of sudo")
    func others() {
        #expect(SudoRefusal("bash: fork: retry: Resource temporarily unavailable", user: "lav") == nil)
    }
}
