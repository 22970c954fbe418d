import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// What is wrong with settings of `driver: command` is said before anything runs.
@Suite struct CommandSettingsTests {
    private static func problems(_ changes: [String: Value]) -> [String] {
        CommandSettingsReader.examine(ScriptedProgram.document(changes)).map { "\($0)" }
    }

    @Test func aProgramWithASlashIsRelativeToTheFileAndMustBeThere() throws {
        let problems = Self.problems(["command": "./gone.sh"])
        #expect(problems.count == 1)
        #expect(problems.first?.contains("there is no program /m/gone.sh") == true)
        let folder = try TemporaryFolder()
        let path = try folder.put("tool.sh")
        #expect(Self.problems(["command": .string(path)]).first?.contains("cannot be executed") == true)
        #expect(Self.problems(["command": "${env.TOOL}/x"]) == [])
    }

    @Test func secretsAndSettingsAreKeptApart() {
        #expect(Self.problems(["secrets": ["my-token": ["env": "X"]]]).first?.contains("not the name of an environment variable") == true)
        let mixed = Self.problems(["settings": ["token": ["env": "X"], "region": "fra1"]])
        #expect(mixed.first?.contains("settings.token looks like the source of a secret") == true)
        #expect(Self.problems([:]) == [])
    }

    @Test func deadlinesAreReadAndChecked() throws {
        let read = try CommandSettingsReader.read(ScriptedProgram.document(["deadlines": ["create": "20m"]]))
        #expect(read.deadline(of: .create) == .seconds(1200))
        #expect(read.deadline(of: .list) == .seconds(120))
        #expect(Self.problems(["deadlines": ["list": "0s"]]).first?.contains("must be above 0s") == true)
    }

    @Test func whatIsPromisedFollowsTheSettings() {
        let bare = CommandDriver.declaration.promises(ScriptedProgram.document())
        #expect(bare[.listing] == .given)
        #expect(bare[.price] == .bySettings("`capabilities: [price]`"))
        let other = CommandDriver.declaration.promises(ScriptedProgram.document(["list": false, "capabilities": ["price", "size"]]))
        #expect(other[.listing] == .withheld("its program has no list"))
        #expect(other[.price] == .given)
        #expect(other[.size] == .given)
    }
}
