import MatrixCore
import MatrixRemote

/// Opens a page for the person at this machine.
enum Browser {
    /// - Throws: `InfrastructureError` if no program can open the page.
    static func open(_ page: String) async throws {
        let result = try? await LocalTransport().run(Command(["xdg-open", page], timeout: .seconds(20)))
        guard result?.succeeded == true else {
            throw InfrastructureError(
                "the page was not opened", why: "xdg-open is not installed or found no browser", next: "open file://\(page) yourself",
                type: .reportOpen,
                isTransient: false)
        }
    }
}
