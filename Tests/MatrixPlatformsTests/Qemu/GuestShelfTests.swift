import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct GuestShelfTests {
    @Test func aResourceHasAFolderWithItsRecord() throws {
        let folder = try TemporaryFolder()
        let shelf = GuestShelf(state: folder.path)
        let resource = QemuSamples.resource()
        let place = try shelf.make(resource)
        #expect(try FileManager.default.attributesOfItem(atPath: place)[.posixPermissions] as? Int == 0o700)
        #expect(shelf.resources() == [resource])
        #expect(shelf.isOurs(resource) == true)
        try shelf.remove(resource)
        shelf.tidy(resource.run)
        #expect(shelf.isOurs(resource) == nil)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/qemu"))
    }

    @Test func whatIsSomebodysStays() throws {
        let folder = try TemporaryFolder()
        let shelf = GuestShelf(state: folder.path)
        let resource = QemuSamples.resource()
        let place = shelf.folder(of: resource)
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: "\(place)/thesis.txt"))
        #expect(throws: InfrastructureError.self) { try shelf.make(resource) }
        try shelf.remove(resource)
        #expect(FileManager.default.fileExists(atPath: "\(place)/thesis.txt"))
        #expect(shelf.resources(of: resource.run) == [])
        #expect(shelf.unrecorded(of: resource.run) == [])
    }

    @Test("A process that is killed before it wrote the record leaves a folder that is ours")
    func unfinished() throws {
        let folder = try TemporaryFolder()
        let shelf = GuestShelf(state: folder.path)
        let resource = QemuSamples.resource()
        try FileManager.default.createDirectory(atPath: shelf.folder(of: resource), withIntermediateDirectories: true)
        #expect(shelf.unrecorded(of: resource.run) == [resource.name])
        #expect(shelf.isOurs(resource) == true)
        try shelf.remove(resource)
        #expect(shelf.isOurs(resource) == nil)
    }
}
