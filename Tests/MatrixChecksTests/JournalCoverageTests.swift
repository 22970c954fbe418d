import MatrixCore
import Testing

@testable import MatrixChecks

/// A journal whose window begins before the oldest entry that is there says nothing of the window, unless there was nothing before.
@Suite struct JournalCoverageTests {
    private static let started = #""MESSAGE_ID":"f77379a8490b408bbe5f6940505a777b""#

    /// The facts of a host that was started at 1,764,400,000 and is asked a thousand seconds later.
    private func facts(
        oldest: Double = 1_764_400_001, begins: Bool = true, boot: Double = 1_764_400_000, journald: Double = 1_764_400_001,
        kept: Bool = false,
        identity: Double = 1_764_400_001, more: String = ""
    ) -> String {
        """
        oldest={"__REALTIME_TIMESTAMP":"\(Int(nearest: oldest) * 1_000_000)"}
        first={"__REALTIME_TIMESTAMP":"\(Int(nearest: oldest) * 1_000_000)"\(begins ? ",\(Self.started)" : "")}
        boot=\(Int(nearest: boot))
        ready=\(Int(nearest: boot) + 10)
        journald=\(Int(nearest: journald))
        identity=\(Int(nearest: identity))
        \(kept ? "kept=1" : "")
        \(more)
        """
    }

    /// - Parameter window: how long before the question the window begins, as the host says it; by itself as the check asked.
    private func why(_ facts: String, _ keys: String = "", deployed age: Double? = nil, window: Int? = nil) throws -> String? {
        let asked = age.map { Int(nearest: $0) } ?? (keys.contains("since: 1h") ? 3600 : keys.contains("since: 10m") ? 600 : nil)
        let facts = ((window ?? asked).map { "begin=\(1_764_401_000 - $0)\n" } ?? "") + facts
        var item = try Samples.item("journal: app\n\(keys)")
        item.deployStarted = age.map { Timestamp.now + .seconds(-$0) }
        do {
            return try JournalCheck(item).judge(ProbeAnswer(output: Array(facts.utf8))).holds ? nil : "it does not hold"
        } catch let error as Unanswered {
            return error.why
        }
    }

    @Test func aJournalThatReachesBackIsFine() throws {
        #expect(try why(facts(), "since: 10m") == nil)
        #expect(try why(facts(), deployed: 600) == nil)
        #expect(try why(facts()) == nil, "since the boot")
        #expect(try why(facts(begins: false), "since: 10m") == nil, "rotated long before")
        #expect(try why(facts(oldest: 1_764_300_000, begins: false)) == nil, "several boots")
        #expect(try why(facts(journald: 1_764_400_900), "since: 10m") == nil, "journald was restarted and lost nothing")
    }

    /// On a slow host the answer comes long after the question: the time between them does not make the window longer.
    @Test func anAnswerThatComesLateIsJudgedByItsOwnWindow() throws {
        #expect(try why(facts(oldest: 1_764_400_301, boot: 1_764_400_300), deployed: 760, window: 690) == nil)
        #expect(try why(facts(oldest: 1_764_400_301, boot: 1_764_400_300), deployed: 690, window: 760) != nil)
    }

    /// A kernel that says more than fits into its buffer.
    @Test func missedMessagesOfTheKernelComeBeforeTheStart() throws {
        let missed = #"first={"MESSAGE_ID":"e9bf28e6e834481bb6f48f548ad13606"}"#
        #expect(try why(facts().replacing("first=", with: "\(missed)\nfirst=")) == nil)
        let rotated = facts(oldest: 1_764_400_990, begins: false).replacing("first=", with: "\(missed)\nfirst=")
        #expect(try why(rotated) != nil)
    }

    @Test func aHostThatIsYoungerThanTheWindowIsFine() throws {
        #expect(try why(facts(), "since: 1h") == nil, "its first boot")
        #expect(try why(facts(kept: true, identity: 1_700_000_000), "since: 1h") == nil, "a journal on disk that begins with itself")
    }

    @Test(arguments: ["since: 10m", "", "since: 10m\nmax: 3"]) func whatWasRotatedAwayIsAnError(_ keys: String) throws {
        // Fresh entries stand there, none of them journald's first.
        for kept in [true, false] {
            let why = try why(facts(oldest: 1_764_400_990, begins: false, kept: kept), keys)
            #expect(
                why
                    == "the journal begins at 2025-11-29T07:23:10.000Z, after the start of the window: older entries were rotated away or "
                    + "removed"
            )
        }
        #expect(try why(facts(oldest: 1_764_400_990, begins: false), keys + "\ngap: allow") == nil)
    }

    @Test func aJournalThatWasLostIsAnError() throws {
        let again = try why(facts(oldest: 1_764_400_500, journald: 1_764_400_500), "since: 10m")
        #expect(again?.hasSuffix("journald was started again, without the older entries") == true, "\(again ?? "")")
        let reboot = facts(oldest: 1_764_400_801, boot: 1_764_400_800, journald: 1_764_400_801, identity: 1_700_000_000)
        for why in [try why(reboot, "since: 10m"), try why(reboot, deployed: 600)] {
            #expect(why?.contains("and its journal is lost with every start") == true, "\(why ?? "")")
        }
        // The deploy ran on this host, so it was not its first boot.
        let first = facts(oldest: 1_764_400_801, boot: 1_764_400_800, journald: 1_764_400_801, identity: 1_764_400_802)
        #expect(try why(first, "since: 10m") == nil)
        #expect(try why(first, deployed: 600) != nil)
        #expect(try why(reboot.replacing("identity", with: "kept=1\nidentity"), deployed: 600) == nil, "on disk it would be there")
    }

    @Test func messagesThatJournaldLeftOutAreMissing() throws {
        let line = "suppressed=Suppressed 12 messages from app.service"
        #expect(try why(facts(more: line))?.contains("Suppressed 12 messages from app.service") == true)
        #expect(try why(facts(more: line), "gap: allow") == nil)
        #expect(try why(facts(more: "suppressed=Suppressed 12 messages from other.service")) == nil)
        var item = try Samples.item("journal: all")
        item.deployStarted = nil
        #expect(throws: Unanswered.self) { try JournalCheck(item).judge(ProbeAnswer(output: Array(facts(more: line).utf8))) }
    }

    @Test func aVerdictThatIsKnownIsOne() throws {
        let message = #"{"MESSAGE":"disk is full","PRIORITY":"3","_SYSTEMD_UNIT":"app.service"}"#
        #expect(try why(facts(oldest: 1_764_400_990, begins: false, more: message), "since: 10m") == "it does not hold")
    }

    @Test(arguments: ["", "oldest={}\nnow=1\n", "oldest=x\nnow=1\n", "oldest={\"__REALTIME_TIMESTAMP\":\"1e300\"}\nnow=nan\n"])
    func whatTheHostDoesNotSayIsNoVerdict(_ facts: String) throws {
        #expect(try why(facts) == "the journal does not say when it begins")
    }
}
