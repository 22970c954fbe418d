import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCLI

/// What `matrix clean` finds: only what is ours, old, and not in use.
@Suite struct CleanTests {
    private static let now = Date(timeIntervalSince1970: 1_795_410_000)

    private func image(_ name: String, id: String, days: Double) -> Value {
        [
            "Id": .string(id), "Names": [.string(name)], "Size": 1000,
            "Created": .int(Int(nearest: Self.now.timeIntervalSince1970 - days * 86400)),
        ]
    }

    @Test func onlyOurImagesThatNoContainerUses() {
        let images = [
            image("localhost/solti-matrix/debian12:0123456789ab", id: "one", days: 9),
            image("localhost/solti-matrix/debian13:0123456789ab", id: "two", days: 9),
            image("localhost/solti-matrix/rocky9:0123456789ab", id: "new", days: 1),
            image("docker.io/library/debian:12", id: "theirs", days: 99), image("localhost/solti-matrixes/x:1", id: "other", days: 99),
        ]
        let found = ImageLeftovers.leftovers(
            images: images, containers: [["ImageID": "two", "Image": "localhost/solti-matrix/debian13:0123456789ab"]],
            olderThan: .seconds(7 * 86400), now: Self.now)
        #expect(found.map(\.name) == ["localhost/solti-matrix/debian12:0123456789ab", "localhost/solti-matrix/debian13:0123456789ab"])
        #expect(found.map(\.obstacle) == [nil, "a container uses it"])
        #expect(found[0].bytes == 1000)
    }

    @Test func theCacheIsCleanedByAgeAndLocksStay() throws {
        let folder = try TemporaryFolder()
        try folder.put("qemu/debian12.qcow2", "0123456789")
        try folder.put("podman/debian12.lock", "")
        try folder.put("podman/build-x/rootfs.tar", "01234")
        let cache = CacheLeftovers(folder: folder.path)
        let later = Date.now.addingTimeInterval(8 * 86400)
        let found = cache.find(olderThan: .seconds(7 * 86400), isInUse: false, now: later)
        #expect(found.map { $0.name.dropFirst(folder.path.count + 1) } == ["podman/build-x", "qemu/debian12.qcow2"])
        #expect(found.last?.bytes == 10 && found.allSatisfy { $0.obstacle == nil })
        #expect(cache.find(olderThan: .seconds(7 * 86400), isInUse: false).isEmpty)
        #expect(cache.find(olderThan: .zero, isInUse: true, now: later).allSatisfy { $0.obstacle == "a cell is up, or a run goes on" })
    }

    @Test func aFileThatAProcessHasOpenStays() throws {
        let folder = try TemporaryFolder()
        let path = try folder.put("qemu/debian12.qcow2", "0123456789")
        let handle = try #require(FileHandle(forReadingAtPath: path))
        defer { try? handle.close() }
        let found = CacheLeftovers(folder: folder.path).find(olderThan: .zero, isInUse: false, now: .now.addingTimeInterval(60))
        #expect(found.map(\.obstacle) == ["a process has it open"])
    }

    @Test func theCacheIsThatOfTheAccount() {
        #expect(CacheFolder.root(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/solti-matrix")
        #expect(CacheFolder.root(["XDG_CACHE_HOME": "c", "HOME": "/h"]) == "/h/.cache/solti-matrix")
        #expect(CacheFolder.root([:]) == nil)
    }

    @Test func aLineSaysWhatHappens() {
        let report = Leftover(kind: .report, name: "/r/x", bytes: 2048)
        #expect(report.line(isRemoved: true).hasPrefix("removed report /r/x ("))
        #expect(report.line(isRemoved: false).hasPrefix("would remove report /r/x ("))
        let kept = Leftover(kind: .image, name: "i", bytes: 1, obstacle: "a container uses it")
        #expect(kept.line(isRemoved: true).hasPrefix("kept image i (") && kept.value(isRemoved: true)["removed"] == false)
    }
}
