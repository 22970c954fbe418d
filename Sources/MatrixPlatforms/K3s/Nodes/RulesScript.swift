/// Finds a cluster's iptables rules and deletes them one by one: foreign rules keep their bytes, order and counters.
///
/// Variables of its functions: `mark` (the cluster's folder on the host), `data` (K3s's folder) and `networks` (of pods and services,
/// separated by spaces).
enum RulesScript {
    static let functions = keeper + programs + choice + deletion

    /// Copies K3s's own programs to a folder: its uninstall scripts delete them, and a host may have no others.
    static let keeper = #"""
        keep_programs() {
            folder=$1
            for program in "$data"/data/*/bin/*tables* "$data"/data/*/bin/aux/*tables*; do
                if [ -e "$program" ]; then mkdir -p "$folder" && cp -a "$program" "$folder/"; fi
            done
        }

        """#

    /// The prefixes of `-save` and `-restore` programs, one for each kind of rules that the kernel has. K3s's own programs come first:
    /// others misread what newer ones wrote.
    private static let programs = #"""
        ways() {
            kinds=
            for kind in legacy nft; do
                for folder in "$mark/bin" /usr/sbin /sbin /usr/local/sbin; do
                    if "$folder/xtables-$kind-multi" "$1" --version >/dev/null 2>&1; then
                        kinds=$kinds$kind; echo "$kind $folder/xtables-$kind-multi $1"; continue 2
                    fi
                done
                if has "$1-$kind-save" && has "$1-$kind-restore"; then kinds=$kinds$kind; echo "$kind $1-$kind"; fi
            done
            if [ "$kinds" != legacynft ] && has "$1-save" && has "$1-restore"; then
                case $("$1" --version 2>/dev/null) in *nf_tables*) echo "nft $1" ;; *) echo "legacy $1" ;; esac
            fi
        }

        """#

    /// A rule is the cluster's if its chain, its target chain, flannel's comment or an address shows it; never if it existed before the
    /// cluster, except in chains of Kubernetes, as the host has no other Kubernetes.
    private static let choice = #"""
        choice='
        function binary(value, width,   text) {
            text = ""
            while (width-- > 0) { text = (value % 2) text; value = int(value / 2) }
            return text
        }
        function hexadecimal(text,   value, i) {
            value = 0
            for (i = 1; i <= length(text); i++) value = value * 16 + index("0123456789abcdef", tolower(substr(text, i, 1))) - 1
            return value
        }
        function groups(text,   parts, count, i, all) {
            all = ""
            count = text == "" ? 0 : split(text, parts, ":")
            for (i = 1; i <= count; i++) all = all binary(hexadecimal(parts[i]), 16)
            return all
        }
        function bits(address,   parts, i, all, first, last) {
            all = ""
            if (index(address, ":")) {
                split(address, parts, "::")
                first = groups(parts[1]); last = groups(parts[2])
                while (length(first) + length(last) < 128) first = first "0"
                return first last
            }
            split(address, parts, ".")
            for (i = 1; i <= 4; i++) all = all binary(parts[i] + 0, 8)
            return all
        }
        function within(inner, outer,   a, b, size) {
            if ((index(inner, ":") > 0) != (index(outer, ":") > 0)) return 0
            size = index(outer, ":") ? 128 : 32
            if (split(inner, a, "/") < 2) a[2] = size
            if (split(outer, b, "/") < 2) b[2] = size
            return b[2] + 0 > 0 && a[2] + 0 >= b[2] + 0 && substr(bits(a[1]), 1, b[2]) == substr(bits(b[1]), 1, b[2])
        }
        function gone(chain) { return chain ~ /^KUBE-/ || (chain ~ /^(CNI|FLANNEL)-/ && !((table " " chain) in was)) }
        function leads(line,   bare, words, count, i) {
            bare = line
            gsub(/"([^"\\]|\\.)*"/, "\"\"", bare)
            count = split(bare, words, " ")
            for (i = 3; i < count; i++) {
                if (words[i] == "--comment") i++
                else if ((words[i] == "-j" || words[i] == "-g") && gone(words[i + 1])) return 1
            }
            return 0
        }
        function concerns(line,   bare, words, count, i, number) {
            if (line ~ /--comment "(flanneld (forward|masq)|KUBE-ROUTER rule )/) return 1
            bare = line
            gsub(/"([^"\\]|\\.)*"/, "\"\"", bare)
            count = split(bare, words, " ")
            for (i = 3; i < count; i++) {
                if (words[i] == "--comment") i++
                else if ((words[i] == "-s" || words[i] == "-d") && words[i - 1] != "!")
                    for (number in nets) if (within(words[i + 1], nets[number])) return 1
            }
            return 0
        }
        BEGIN {
            split(networks, nets, " ")
            while ((getline line < earlier) > 0) {
                if (line ~ /^\*/) table = substr(line, 2)
                else if (line ~ /^:/) { split(substr(line, 2), words, " "); was[table " " words[1]] = 1 }
                else if (line ~ /^-A /) was[table " " line] = 1
            }
        }
        /^\*/ { table = substr($0, 2); rules = flushed = removed = "" }
        /^:/ {
            chain = substr($1, 2)
            if (!gone(chain)) next
            flushed = flushed "-F " chain "\n"; removed = removed "-X " chain "\n"
            if (mode == "list") print "chain " chain " of the table " table
        }
        /^-A / {
            if (gone($2) || !(leads($0) || (concerns($0) && !((table " " $0) in was)))) next
            rules = rules "-D" substr($0, 3) "\n"
            if (mode == "list") print "rule " $0 " of the table " table
        }
        /^COMMIT/ { if (mode == "delete" && rules flushed != "") printf "*%s\n%s%s%sCOMMIT\n", table, rules, flushed, removed }
        '
        chosen() { awk -v mode="$1" -v networks="$networks" -v earlier="$mark/rules.$2" "$choice"; }

        """#

    /// Only rules that existed when the host got its mark are known to be its owner's.
    static let keeping = #"""
        for family in iptables ip6tables; do
            ways "$family" | while read -r kind way; do $way-save 2>/dev/null; done >"$mark/rules.$family"
        done

        """#

    /// Deletes all in one transaction; if the kernel refuses one of them, each by itself.
    private static let deletion = #"""
        delete_rules() {
            for family in iptables ip6tables; do
                ways "$family" | while read -r kind way; do
                    $way-save 2>/dev/null | chosen delete "$family" >"$mark/delete"
                    if [ ! -s "$mark/delete" ]; then continue; fi
                    echo "deleting the cluster's rules of $family-$kind"
                    if $way-restore --noflush -w 20 <"$mark/delete"; then continue; fi
                    while IFS= read -r line; do
                        case $line in
                            \**) table=$line ;;
                            COMMIT) ;;
                            *) printf '%s\n%s\nCOMMIT\n' "$table" "$line" | $way-restore --noflush -w 20 ;;
                        esac
                    done <"$mark/delete"
                done
            done
            rm -f "$mark/delete"
        }
        look_for_rules() {
            for family in iptables ip6tables; do
                ways "$family" >"$mark/ways"
                looked=
                while read -r kind way; do
                    if ! $way-save >"$mark/now" 2>/dev/null; then continue; fi
                    looked="$looked $kind"
                    chosen list "$family" <"$mark/now" >"$mark/seen"
                    count=$(grep -c . "$mark/seen")
                    if [ "$count" -gt 6 ]; then shown=5; else shown=6; fi
                    head -n "$shown" "$mark/seen" | sed "s/\$/ of $family-$kind/" >"$mark/shown"
                    while IFS= read -r line; do leave "$line"; done <"$mark/shown"
                    if [ "$count" -gt 6 ]; then leave "$((count - 5)) more of $family-$kind"; fi
                done <"$mark/ways"
                # A cluster that never started has made none, and the kernel has no rules of a kind that it does not know.
                [ -e "$mark/started" ] || continue
                names=/proc/net/ip_tables_names
                if [ "$family" = ip6tables ]; then names=/proc/net/ip6_tables_names; fi
                case $looked in *legacy*) ;; *) if [ -n "$(cat "$names" 2>/dev/null)" ]; then unseen "rules of $family-legacy"; fi ;; esac
                case $looked in
                    *nft*) ;;
                    *) if [ ! -r /proc/kallsyms ] || grep -q ' nft_do_chain' /proc/kallsyms; then unseen "rules of $family-nft"; fi ;;
                esac
            done
            rm -f "$mark/ways" "$mark/now" "$mark/seen" "$mark/shown"
        }

        """#
}
