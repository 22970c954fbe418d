import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

@Suite struct FaultTests {
    @Test(arguments: [
        (500, "can't lock file '/var/lock/qemu-server/lock-9000.conf' - got timeout", ProxmoxFault.Kind.transient),
        (500, "got no worker upid - start worker failed", .transient), (500, "cluster not ready - no quorum?", .transient),
        (595, "No route to host", .transient),
        (599, "", .transient), (502, "", .transient), (503, "", .transient), (504, "", .transient),
        (596, "tls_process_server_certificate", .unreachableNode),
        (401, "", .credentials), (403, "Permission check failed (/vms/20001, VM.Clone)", .privilege("/vms/20001, VM.Clone")),
        (500, "Configuration file 'nodes/pve1/qemu-server/20001.conf' does not exist", .missing),
        (500, "unable to create VM 20001: config file already exists", .exists), (500, "VM is locked (clone)", .locked("clone")),
        (500, "storage 'nope' does not exist", .fatal), (400, "Parameter verification failed.", .fatal),
    ])
    func kindFollowsFromStatusAndMessage(_ status: Int, _ message: String, _ kind: ProxmoxFault.Kind) {
        #expect(ProxmoxFault.http(status, message).kind == kind)
    }

    @Test func aTasksEndIsJudgedByItsWords() {
        func end(_ message: String) -> ProxmoxFault.Kind { ProxmoxFault(request: "POST", message: message, task: "UPID:…").kind }
        #expect(end("clone failed: can't lock file '/x' - got timeout") == .transient)
        #expect(end("unexpected status") == .transient)
        #expect(end("unable to create VM 20001 - VM 20001 already exists on node 'pve2'") == .exists)
        #expect(end("start failed: QEMU exited with code 1") == .fatal)
        #expect(ProxmoxFault(request: "POST", message: "unexpected status", task: "UPID:…").isWithoutReply == false)
    }

    @Test func aMissingPrivilegeIsNamedWithTheNextStep() {
        let error = ProxmoxFault.http(403, "Permission check failed (/vms/20001, VM.PowerMgmt)").error("starting VM 20001")
        #expect(error.next?.contains("/vms/20001, VM.PowerMgmt") == true)
        #expect(!error.isTransient)
    }

    @Test func readsAreRepeatedAndAnUnreachableNodeOnlyOnce() async throws {
        let caller = ScriptedCaller()
        caller.answer(.get, "/version", .failure(.http(595, "No route to host")), .failure(.lost), .success(["version": "9.0.10"]))
        caller.answer(.get, "/nodes/pve2/qemu", .failure(.http(596, "")))
        caller.answer(.create, "/clone", .failure(.lost))
        let client = ProxmoxClient(caller, pace: Fixtures.pace)
        #expect(try await client.get(["version"])["version"] == "9.0.10")
        await #expect(throws: ProxmoxFault.self) { try await client.get(["nodes", "pve2", "qemu"]) }
        #expect(caller.count(.get, "/nodes/pve2/qemu") == 2)
        await #expect(throws: ProxmoxFault.self) {
            try await client.change(ProxmoxRequest(.create, ["nodes", "pve1", "qemu", "1", "clone"]))
        }
        #expect(caller.count(.create, "/clone") == 1)
    }

    @Test func aTaskIsAwaitedAndItsLogTold() async throws {
        let upid = "UPID:pve1:000003E8:00001B58:65000000:qmclone:9000:u@pve!t:"
        let caller = ScriptedCaller()
        caller.answer(.create, "/clone", .success(.string(upid)))
        caller.answer(
            .get, "/status", .success(["status": "running"]), .success(["status": "stopped", "exitstatus": "clone failed: no space left"]))
        caller.answer(
            .get, "/log", .success(.list([["n": 1, "t": "create full clone"], ["n": 2, "t": "TASK ERROR: clone failed: no space left"]])))
        let fault = await #expect(throws: ProxmoxFault.self) {
            try await ProxmoxClient(caller, pace: Fixtures.pace).change(
                ProxmoxRequest(.create, ["nodes", "pve1", "qemu", "9000", "clone"]))
        }
        #expect(fault?.task == upid)
        #expect(fault?.log?.contains("create full clone") == true)
        caller.answer(.get, "/status", .success(["status": "stopped", "exitstatus": "WARNINGS: 2"]))
        #expect(
            try await ProxmoxClient(caller, pace: Fixtures.pace).change(
                ProxmoxRequest(.create, ["nodes", "pve1", "qemu", "9000", "clone"])) == upid)
    }
}
