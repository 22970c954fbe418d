internal import MatrixCore

extension ProvisionStep {
    /// Whether useradd accepts the name on both families.
    static func isAccountName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (0x61...0x7a).contains(first) || first == UInt8(ascii: "_"), name.utf8.count <= 32 else {
            return false
        }
        return name.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }

    /// An account with a home and bash, in the group that may use sudo.
    static func account(_ user: String) -> ProvisionStep {
        ProvisionStep(
            title: "user \(user)", type: .provisionUser,
            body: """
                user='\(user)'
                \(accountBody)
                """,
            inspection: ["id", user])
    }

    private static let accountBody = #"""
        if ! id -u "$user" >/dev/null 2>&1; then
          useradd -m -s /bin/bash "$user" || fail "useradd failed"
          changed
        fi
        home=$(getent passwd "$user" | cut -d: -f6)
        if [ ! -d "$home" ]; then
          mkdir -p "$home" && cp -a /etc/skel/. "$home" && chown -R "$user:$(id -gn "$user")" "$home" ||
            fail "its home $home cannot be made"
          changed
        fi
        if [ "$(getent passwd "$user" | cut -d: -f7)" != /bin/bash ] && [ -x /bin/bash ]; then
          usermod -s /bin/bash "$user" || fail "its shell cannot be set"
          changed
        fi
        # An sshd without PAM refuses accounts whose password is locked by '!', though a key is used.
        case $(getent shadow "$user" | cut -d: -f2) in
          '!' | '!!') usermod -p '*' "$user" || fail "its password cannot be unset"; changed ;;
        esac
        admins=sudo
        if ! getent group sudo >/dev/null; then admins=wheel; fi
        if ! getent group "$admins" >/dev/null; then groupadd -r "$admins" || fail "the group $admins cannot be made"; changed; fi
        case " $(id -nG "$user") " in
          *" $admins "*) ;;
          *) usermod -aG "$admins" "$user" || fail "it cannot be put into the group $admins"; changed ;;
        esac
        """#

    /// Adds the keys that may log in; existing keys stay.
    static func authorizedKeys(of user: String, _ keys: [String]) -> ProvisionStep {
        let additions = keys.map { "add_key \(ShellQuoting.quote(PublicKeys.identity(of: $0))) \(ShellQuoting.quote($0))" }
        return ProvisionStep(
            title: "authorized keys of \(user)", type: .provisionKeys,
            body: """
                user='\(user)'
                \(keysBody)
                \(additions.joined(separator: "\n"))
                owner="$user:$(id -gn "$user")"
                put "$tmp/keys" "$file" 600 "$owner" || fail "$file cannot be written"
                if has restorecon && [ "$state" = changed ]; then restorecon -R "$home/.ssh" || true; fi
                """,
            inspection: ["sh", "-c", "ls -la ~\(user)/.ssh"])
    }

    private static let keysBody = #"""
        home=$(getent passwd "$user" | cut -d: -f6)
        [ -d "$home" ] || fail "its home $home does not exist"
        file=$home/.ssh/authorized_keys
        if [ ! -d "$home/.ssh" ]; then mkdir "$home/.ssh" || fail "$home/.ssh cannot be made"; changed; fi
        if [ "$(stat -c '%a %U' "$home/.ssh")" != "700 $user" ]; then
          chown "$user:$(id -gn "$user")" "$home/.ssh" && chmod 700 "$home/.ssh" || fail "$home/.ssh cannot be made private"
          changed
        fi
        { [ ! -f "$file" ] || { cat "$file"; [ -z "$(tail -c 1 "$file")" ] || echo; }; } >"$tmp/keys"
        add_key() { grep -qF -- "$1" "$tmp/keys" || printf '%s\n' "$2" >>"$tmp/keys"; }
        """#

    /// Whether an account may use sudo without a password. visudo checks the line first.
    static func sudo(_ user: String, withoutPassword: Bool) -> ProvisionStep {
        ProvisionStep(
            title: "sudo for \(user)", type: .provisionSudo,
            body: """
                user='\(user)'
                file=/etc/sudoers.d/zz-solti-matrix-$user
                \(withoutPassword ? sudoBody : #"if [ -e "$file" ]; then rm -f "$file" || fail "$file cannot be removed"; changed; fi"#)
                """,
            inspection: ["visudo", "-c"], hint: "see the lines above; sudo itself must be installed")
    }

    /// sudo uses the last line that matches, and reads files in the order of their names.
    private static let sudoBody = #"""
        has visudo || fail "sudo is not installed"
        printf '%s ALL=(ALL:ALL) NOPASSWD: ALL\n' "$user" >"$tmp/sudoers"
        visudo -cqf "$tmp/sudoers" || fail "visudo refuses the line for $user"
        [ -d /etc/sudoers.d ] || mkdir -m 750 /etc/sudoers.d || fail "/etc/sudoers.d cannot be made"
        if ! same "$tmp/sudoers" "$file"; then
          # sudo skips names with a dot, so it never reads a half-written file.
          cat "$tmp/sudoers" >"$file.new" && chown root:root "$file.new" && chmod 440 "$file.new" && mv -f "$file.new" "$file" ||
            fail "$file cannot be written"
          changed
        fi
        if [ "$(stat -c '%a %U:%G' "$file")" != '440 root:root' ]; then
          chown root:root "$file" && chmod 440 "$file" || fail "$file cannot be made safe"
          changed
        fi
        su -s /bin/sh "$user" -c "sudo -n true" ||
          fail "sudo still asks $user for a password: another line of /etc/sudoers.d or /etc/sudoers wins"
        """#
}
