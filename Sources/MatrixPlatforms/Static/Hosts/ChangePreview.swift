internal import FoundationEssentials
internal import MatrixCore

/// Asks a host, before it is changed, what PROVISION will add to it.
struct ChangePreview {
    let cell: CellPlan
    /// The account that the pool logs in with.
    let login: String
    /// The run's public key.
    let publicKey: String

    /// The changes that the reset must undo.
    func changes(on transport: any Transport, named host: String) async throws -> HostChanges {
        let plan = cell.provision
        let packages = plan.packages + (plan.user.map { $0 != "root" } == true && !plan.packages.contains("sudo") ? ["sudo"] : [])
        let names = packages.filter { !$0.hasPrefix("@") }.map { String($0.prefix { $0 != "=" }) }
        let command = Command.script(
            Self.script, arguments: [plan.user ?? "", cell.os.packageManager.rawValue] + names, user: "root", timeout: .seconds(60))
        let answer = try await transport.require(command, "asking \(host) what it already has", isTransient: true).output
        var changes = HostChanges()
        var present = ""
        for line in answer.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2 else { continue }
            if words[0] == "key" { present += words[1] + "\n" } else { note(words[0], words[1], in: &changes) }
        }
        if plan.setsHostname != true { changes.hostName = nil }
        addKeys(to: &changes, present: present)
        changes.unknown = packages.filter { $0.hasPrefix("@") }.map { "package group \($0)" }
        if !plan.scripts.isEmpty {
            changes.unknown.append("provision.run (\(plan.scripts.count) script\(plan.scripts.count == 1 ? "" : "s"))")
        }
        return changes
    }

    private func note(_ word: String, _ value: String, in changes: inout HostChanges) {
        let user = cell.provision.user ?? ""
        switch word {
        case "account": changes.accounts.append(value)
        case "shell": changes.shells[user] = value
        case "group": changes.memberships[user] = value
        case "file": changes.files.append(value)
        case "package": changes.packages.append(value)
        case "name": changes.hostName = value
        default: break
        }
    }

    /// A key that was there before belongs to the host's owner and stays. Only this run has the run's key.
    private func addKeys(to changes: inout HostChanges, present: String) {
        let own = Self.identity(of: publicKey)
        changes.keys[login] = [own]
        guard let user = cell.provision.user else { return }
        let lines = cell.provision.keyFiles.flatMap { file in
            String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self).split(whereSeparator: \.isNewline).map(
                String.init)
        }
        let new = lines.filter { !$0.hasPrefix("#") }.map(Self.identity).filter { !$0.isEmpty && !present.contains($0) }
        changes.keys[user] = [own] + new.filter { $0 != own }
    }

    /// A key's type and body, without options and comment.
    private static func identity(of line: String) -> String {
        let words = line.split(separator: " ")
        guard let type = words.firstIndex(where: { word in ["ssh-", "ecdsa-", "sk-"].contains { word.hasPrefix($0) } }) else { return "" }
        return words[type...].prefix(2).joined(separator: " ")
    }

    private static let script = #"""
        user=$1; manager=$2; shift 2
        if [ -n "$user" ] && [ "$user" != root ]; then
          if id -u "$user" >/dev/null 2>&1; then
            home=$(getent passwd "$user" | cut -d: -f6)
            [ ! -f "$home/.ssh/authorized_keys" ] || sed 's/^/key /' "$home/.ssh/authorized_keys"
            echo "shell $(getent passwd "$user" | cut -d: -f7)"
            admins=sudo; getent group sudo >/dev/null || admins=wheel
            case " $(id -nG "$user") " in *" $admins "*) ;; *) echo "group $admins" ;; esac
          else
            echo "account $user"
          fi
          [ -e "/etc/sudoers.d/zz-solti-matrix-$user" ] || echo "file /etc/sudoers.d/zz-solti-matrix-$user"
        fi
        [ -e /etc/cloud/cloud.cfg.d/99-solti-matrix.cfg ] || echo "file /etc/cloud/cloud.cfg.d/99-solti-matrix.cfg"
        for p do
          if [ "$manager" = apt ]; then
            [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | head -n 1)" = installed ] || echo "package $p"
          else
            rpm -q "$p" >/dev/null 2>&1 || rpm -q --whatprovides "$p" >/dev/null 2>&1 || echo "package $p"
          fi
        done
        echo "name $(cat /proc/sys/kernel/hostname)"
        """#
}
