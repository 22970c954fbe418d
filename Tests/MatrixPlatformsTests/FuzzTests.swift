import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// What APIs and hosts of pools answer.
@Suite(.timeLimit(.minutes(10))) struct FuzzTests {
    @Test func linode() throws {
        var fuzzer = Fuzzer(
            "linode",
            samples: [
                #"{"id":123,"label":"a-261123-050122-k3f9","status":"running","ipv4":["1.2.3.4","192.168.1.1"],"#
                    + #""tags":["solti-matrix"],"specs":{"disk":1e300}}"#,
                #"{"id":"g6-nanode-1","memory":1024,"disk":25600,"vcpus":1e300,"class":"nanode","price":{"hourly":0.0075,"#
                    + #""monthly":5},"region_prices":[{"id":"x","hourly":1e300}]}"#,
                #"{"id":"linode/debian12","size":1300,"capabilities":["cloud-init"],"status":"available"}"#,
                #"{"action":"linode_boot","status":"started","entity":{"id":1e300},"percent_complete":1e300}"#,
            ])
        try fuzzer.run { bytes in
            guard let value = Value(json: String(decoding: bytes, as: UTF8.self)) else { return }
            _ = (LinodeInstance(value), LinodeRegion(value), LinodeImage(value), LinodeEvent(value)?.words)
            if let type = LinodeType(value) {
                _ = (type.price(in: "x")?.cost(of: 1e9), type.fits(HostSize(cores: 1, memory: 1 << 60, disk: 1 << 60)))
            }
        }
    }

    @Test func proxmoxAndPodman() throws {
        var fuzzer = Fuzzer(
            "proxmox",
            samples: [
                #"{"vmid":20001,"node":"pve","name":"a-261123-050122-k3f9","status":"running","maxmem":1e300,"tags":"solti-matrix;x"}"#,
                #"{"memory":"2048","net0":"virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=99999999999999999999","#
                    + #""scsi0":"local:vm-1-disk-0,size=8G","description":"x%0Ay"}"#,
                #"{"Id":"a","State":{"Running":true,"ExitCode":1e300,"Status":"running"},"#
                    + #""NetworkSettings":{"Ports":{"22/tcp":[{"HostPort":"40022"}]}}}"#,
            ], words: ["tag=", "size=", "bridge=", ",", ";"])
        try fuzzer.run { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = (AddressPool(text), GuestTemplate.range(text), ProxmoxEndpoint(text), LinodeEndpoint(text), PlainHTTP.isExposed(text))
            guard let value = Value(json: text) else { return }
            let config = MachineConfig(value)
            _ = (try? Machine.read(value), config.memory, config.bridges.count, config.storages.count)
            let container = ContainerState(value: value)
            _ = (container.exitCode, container.port, container.address(on: nil), container.labels)
            _ = HostChanges(value)
        }
    }

    @Test func hostsOfPools() throws {
        var fuzzer = Fuzzer(
            "pools",
            samples: ["id debian\nversion 12\narch x86_64\ncores 4\nmemory 99999999999999999999\nroot yes\n", "10.0.0.5-10.0.0.9/24"],
            words: ["memory ", "cores ", "\n"])
        try fuzzer.run { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let facts = HostFacts(text)
            _ = (facts.memory, facts.cores, AddressPool(text)?.all.count)
        }
    }
}
