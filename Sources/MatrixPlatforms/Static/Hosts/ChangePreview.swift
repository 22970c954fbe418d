internal import FoundationEssentials
internal import MatrixCore

/// What PROVISION will add to a host: what is certain before, and the questions that only the host can answer.
struct ChangePreview: Sendable {
    let cell: CellPlan
    /// The account that the pool logs in with.
    let login: String
    /// The run's public key.
    let publicKey: String

    private var plan: ProvisionPlan { cell.provision }
    private var packages: [String] {
        plan.packages + (plan.user.map { $0 != "root" } == true && !plan.packages.contains("sudo") ? ["sudo"] : [])
    }

    /// What does not depend on the host: the run's key, which only this run has, and what only a reset step can undo.
    var certain: HostChanges {
        var changes = HostChanges()
        for account in [login, plan.user].compactMap(\.self) { changes.keys[account] = [Self.identity(of: publicKey)] }
        changes.unknown = packages.filter { $0.hasPrefix("@") }.map { "package group \($0)" }
        if !plan.scripts.isEmpty {
            changes.unknown.append("provision.run (\(plan.scripts.count) script\(plan.scripts.count == 1 ? "" : "s"))")
        }
        return changes
    }

    /// What ``script`` is told.
    var arguments: [String] {
        let names = packages.filter { !$0.hasPrefix("@") }.map { String($0.prefix { $0 != "=" }) }
        let keys = furtherKeys
        return [plan.user ?? "", cell.os.packageManager.rawValue, plan.setsHostname == true ? "named" : "", "\(keys.count)"] + keys + names
    }

    /// The keys of the matrix file.
    private var furtherKeys: [String] {
        guard plan.user != nil else { return [] }
        let lines = plan.keyFiles.flatMap { file in
            String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self).split(whereSeparator: \.isNewline).map(
                String.init)
        }
        return lines.filter { !$0.hasPrefix("#") }.map(Self.identity).filter { !$0.isEmpty }
    }

    /// A key's type and body, without options and comment.
    private static func identity(of line: String) -> String {
        let words = line.split(separator: " ")
        guard let type = words.firstIndex(where: { word in ["ssh-", "ecdsa-", "sk-"].contains { word.hasPrefix($0) } }) else { return "" }
        return words[type...].prefix(2).joined(separator: " ")
    }

    /// Prints one change a line, and records them on the host behind those that are certain. The lease is held, and its folder is `$at`.
    ///
    /// A key that was there before belongs to the host's owner and stays, and so does the name of a host that keeps it.
    static let script = #"""
        certain=$2; user=$3; manager=$4; named=$5; keys=$6; shift 6
        preview() {
          home=
          if [ -n "$user" ]; then
            if id -u "$user" >/dev/null 2>&1; then
              home=$(getent passwd "$user" | cut -d: -f6)
              if [ "$user" != root ]; then
                echo "shell $user $(getent passwd "$user" | cut -d: -f7)"
                admins=sudo; getent group sudo >/dev/null || admins=wheel
                case " $(id -nG "$user") " in *" $admins "*) ;; *) echo "group $user $admins" ;; esac
              fi
            else
              echo "account $user"
            fi
            [ "$user" = root ] || [ -e "/etc/sudoers.d/zz-solti-matrix-$user" ] || echo "file /etc/sudoers.d/zz-solti-matrix-$user"
          fi
          while [ "$keys" -gt 0 ]; do
            { [ -n "$home" ] && grep -qsF -- "$1" "$home/.ssh/authorized_keys"; } || echo "key $user $1"
            keys=$((keys - 1)); shift
          done
          if [ -n "$named" ]; then
            [ -e /etc/cloud/cloud.cfg.d/99-solti-matrix.cfg ] || echo "file /etc/cloud/cloud.cfg.d/99-solti-matrix.cfg"
            echo "name $(cat /proc/sys/kernel/hostname)"
          fi
          for p do
            if [ "$manager" = apt ]; then
              [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | head -n 1)" = installed ] || echo "package $p"
            else
              rpm -q "$p" >/dev/null 2>&1 || rpm -q --whatprovides "$p" >/dev/null 2>&1 || echo "package $p"
            fi
          done
        }
        changes=$(preview "$@")
        printf '%s\n' "$changes"
        printf '%s\n' "$certain" ${changes:+"$changes"} >"$at/changes.new" && mv "$at/changes.new" "$at/changes"
        """#
}
