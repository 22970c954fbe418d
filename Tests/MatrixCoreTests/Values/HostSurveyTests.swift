import MatrixCore
import Testing

/// What differs between two surveys, and whether a step may change it.
@Suite struct HostSurveyTests {
    @Test("what came, went and differs is listed by name")
    func changes() {
        let before = HostSurvey(["package loki": "3.0", "unit firewalld.service": "enabled", "/etc/hosts": "a"])
        let after = HostSurvey(["package loki": "3.1", "/etc/hosts": "a", "port tcp 0.0.0.0:3100": "loki"])
        let changes = after.changes(since: before)
        #expect(changes.map(\.line) == ["~ package loki: 3.0 → 3.1", "+ port tcp 0.0.0.0:3100", "- unit firewalld.service"])
        #expect(HostChange.summary(of: changes) == "3 changes: 1 package, 1 port, 1 unit")
        #expect(after.changes(since: after).isEmpty && HostChange.summary(of: []) == "no changes")
    }

    @Test("forbid comes before allow, and allow is all that is allowed")
    func rules() {
        let port = HostChange("port tcp 0.0.0.0:22", after: "sshd")
        let file = HostChange("/etc/ssh/sshd_config.d/x.conf", after: "644")
        #expect(ChangeRules().objection(to: port) == nil)
        #expect(ChangeRules(forbid: ["port *"]).objection(to: port) == "forbid: port *")
        #expect(ChangeRules(forbid: ["/etc/ssh/**"]).objection(to: file) == "forbid: /etc/ssh/**")
        #expect(ChangeRules(allow: ["/etc/ssh/**"], forbid: ["*.conf"]).objection(to: file) == "forbid: *.conf")
        #expect(ChangeRules(allow: ["package *"]).objection(to: port) == "not in allow")
        #expect(ChangeRules(allow: []).objection(to: file) == "not in allow")
        #expect(ChangeRules(allow: ["port *"]).objection(to: port) == nil)
    }
}
