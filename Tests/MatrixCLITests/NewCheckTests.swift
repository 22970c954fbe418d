import MatrixCore
import MatrixDeployers
import MatrixFile
import MatrixTesting
import Testing

@testable import MatrixChecks

/// A new check is one type and one line of the catalogue: everything else about it comes from its declaration.
@Suite struct NewCheckTests {
    private let checker = CheckRunner(kinds: CheckCatalogue.kinds + [MoonCheck.self])

    private var loader: MatrixLoader {
        MatrixLoader(
            deployers: DeployerCatalogue.all(runner: ScriptedTransport()).map(\.declaration), checks: checker.declarations,
            drivers: [Declaration(kind: "podman", subject: .any, summary: "Containers", example: "driver: podman")], environment: [:])
    }

    private func load(_ more: String) throws -> Plan {
        let folder = try TemporaryFolder()
        try folder.put("matrix.yml", "version: 1\naxes: { os: [debian12], platform: podman }\n" + more)
        return try loader.load("\(folder.path)/matrix.yml")
    }

    private func problems(_ more: String) -> [String] {
        do { return try load(more).warnings.map(\.message) } catch let error as UsageError {
            return error.diagnostics.map { "\($0.message); \($0.hint ?? "")" }
        } catch { return ["\(error)"] }
    }

    @Test func theSchemaFromWhichEditorsCompleteHasIt() throws {
        let schema = loader.schema()
        #expect(schema.element(at: #"$defs["verify.moon"].description"#) == "Asks for the moon")
        #expect(schema.element(at: #"$defs["verify.moon"].properties.phase.$ref"#) == "#/$defs/matcher")
        #expect(schema.element(at: #"$defs["verify.moon"].properties.from.description"#) != nil)
        #expect(schema.element(at: "properties.verify.items.$ref") == "#/$defs/verify")
        #expect(schema.element(at: "$defs.verify")?.json.contains(##""$ref":"#/$defs/verify.moon""##) == true)
    }

    @Test func itMayBeAskedFromElsewhere() throws {
        let plan = try load("verify: [{ moon: up, from: runner }]")
        #expect(plan.cells[0].verify.map(\.name) == ["moon up"])
        #expect(plan.cells[0].verify[0].modifiers.from == .runner)
    }

    @Test(arguments: [
        ("deploy: [{ moon: up }]", "`moon` is not a step of `deploy:`; it belongs under `verify:`"),
        ("finally: [{ moon: up }]", "`moon` is not a step of `finally:`; it belongs under `verify:`"),
        ("verify: [{ mon: up }]", "there is no check `mon`; did you mean `moon`?"),
        ("verify: [{ moon: up, phas: full }]", "`phas` is not a key of the check `moon`; did you mean `phase`?"),
        ("verify: [{ moon: up, phase: {} }]", "`phase` asserts nothing: it is an empty map; say what is expected, or remove `phase`"),
        ("verify: [{ moon: '' }]", "moon is empty; write a name after moon:"),
        (
            "verify: [{ moon: up, visible: false, phase: half }]",
            "phase cannot be used with visible: false; remove phase, or visible: false"
        ),
        ("verify: [{ moon: up, port: 22 }]", "`moon` and `port` are separate checks; write each as its own list item"),
    ])
    func hintsKnowIt(_ text: String, _ problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test func itIsPlannedLikeTheOthers() throws {
        let plan = try load("verify: [{ moon: up }]")
        let (cell, step) = (plan.cells[0], plan.cells[0].verify[0])
        #expect(checker.plannedCases(of: step, in: cell).map(\.name) == ["moon up"])
    }

    @Test(arguments: [("{ moon: up, phase: full }", true), ("{ moon: up, phase: half }", false), ("{ moon: up, visible: false }", false)])
    func itIsReadAndJudgedByItsProperties(_ text: String, _ holds: Bool) throws {
        let cell = try load("verify: [\(text)]").cells[0]
        let step = cell.verify[0]
        let check = try MoonCheck(CheckItem(kind: "moon", options: step.options, os: cell.os))
        #expect(try check.judge(ProbeAnswer(end: .status(0), output: Array("up full".utf8), error: [])).holds == holds)
    }
}

/// The fixture.
private struct MoonCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared("moon", "Asks for the moon", example: "moon: up\n", asksFromElsewhere: true)

    @Key() private var place: String
    @Key("Whether it can be seen. Default: `true`", .presence) private var visible = true
    @Key("How much of it is lit") private var phase: Matcher?
    var item = CheckItem.none

    var probe: Probe { item.probe("echo \(place) full") }
    var display: Command { Command(["cal"]) }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        var judgement = Judgement()
        judgement.expect("visible", visible, observed: true)
        judgement.expect("phase", phase, .string(String(answer.text.split(separator: " ").last ?? "")))
        return judgement
    }
}
