import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixChecks

/// What a host has, read from what the survey's script prints.
@Suite struct SurveyTests {
    private static let answer = """
        package\tloki\t3.0.0 installed
        package\tkernel\t6.1
        package\tkernel\t6.2
        unit\tloki.service\tenabled
        service\tloki.service\trunning
        user\tloki\t998:998::/:/usr/sbin/nologin
        sysctl\tnet/ipv4/ip_forward\t1
        noise
        package\t\tx
        == mounts
        36 35 98:0 / /data rw,noatime - ext4 /dev/sdb1 rw
        37 35 0:5 / /proc rw - proc proc rw
        38 35 0:5 / /run/user/0 rw - tmpfs tmpfs rw
        == tcp
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:0C1C 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1
           1: 00000000:A000 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1
        holders
        4711 loki
        == udp
        == files
        f\t644\troot:root\t\t/etc/hosts
        l\t777\troot:root\t/run/systemd/resolve/stub-resolv.conf\t/etc/resolv.conf
        f\t600\troot:root\t\t/etc/shadow-
        f\t600\troot:root\t\t/etc/unread
        == digests
        9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  /etc/hosts
        == end

        """

    @Test("each thing has a name and a value, and what changes by itself is left out")
    func reading() throws {
        let survey = try #require(SurveyReader.survey(Self.answer))
        #expect(
            survey.entries == [
                "package loki": "3.0.0 installed", "package kernel": "6.1, 6.2", "unit loki.service": "enabled",
                "service loki.service": "running", "user loki": "998:998::/:/usr/sbin/nologin", "sysctl net.ipv4.ip_forward": "1",
                "mount /data": "ext4 noatime,rw", "port tcp 127.0.0.1:3100": "loki", "/etc/hosts": "644 root:root 9f86d081884c7d65",
                "/etc/resolv.conf": "link to /run/systemd/resolve/stub-resolv.conf", "/etc/unread": "600 root:root unread",
            ])
    }

    @Test("an answer without its end is no survey")
    func cut() async throws {
        #expect(SurveyReader.survey(String(Self.answer.dropLast(10))) == nil)
        #expect(SurveyReader.survey("") == nil)
        let transport = ScriptedTransport()
        transport.answer("== end", output: "package\tx\t1\n")
        let context = Samples.context(Samples.cell(), transports: [transport])
        await #expect(throws: InfrastructureError.self) { try await HostSurveyor().survey(context.hosts[0]) }
    }
}
