import CLibXML2
import MatrixCore
import SystemPackage
import Testing

@testable import MatrixReports

struct JUnitTests {
    @Test(arguments: SampleRun.allCases)
    func `Every run is valid in the dialect and within Jenkins' schema`(_ sample: SampleRun) throws {
        let folder = try TemporaryFolder()
        #expect(try JUnitReporter().write(sample.result, into: folder.path) == ["junit.xml"])
        #expect(try SchemaValidator("matrix-junit").accepts("\(folder.path)/junit.xml"))
        _ = try JUnitReporter(profile: .strict).write(sample.result, into: folder.path)
        #expect(try SchemaValidator("jenkins-junit-10").accepts("\(folder.path)/junit.xml"))
    }
}
