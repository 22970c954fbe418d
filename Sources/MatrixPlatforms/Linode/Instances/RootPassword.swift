/// The root password that Linode requires: random, sent once and never stored. Nobody logs in with it.
enum RootPassword {
    private static let alphabets = ["abcdefghjkmnpqrstvwxyz", "ABCDEFGHJKMNPQRSTVWXYZ", "0123456789", "-_.:+=%@"].map(Array.init)
    private static let length = 48

    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let all = alphabets.flatMap(\.self)
        // One character of each kind: Linode checks the strength.
        let certain = alphabets.compactMap { $0.randomElement(using: &generator) }
        let rest = (certain.count..<length).compactMap { _ in all.randomElement(using: &generator) }
        return String((certain + rest).shuffled(using: &generator))
    }
}
