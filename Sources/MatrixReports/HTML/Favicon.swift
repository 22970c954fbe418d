/// The verdict as a picture for the browser's tab: a colour and a shape, in a `data:` address, because a page is one file.
enum Favicon {
    static func address(_ tone: Verdict.Tone) -> String {
        let (colour, shape) = look(tone)
        let picture =
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='4' fill='\(colour)'/>"
            + "<path d='\(shape)' fill='none' stroke='#fff' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'/></svg>"
        let escaped = picture.map { character -> String in
            switch character {
            case "<": "%3C"
            case ">": "%3E"
            case "#": "%23"
            case " ": "%20"
            case "'": "%27"
            default: String(character)
            }
        }
        return "data:image/svg+xml," + escaped.joined()
    }

    private static func look(_ tone: Verdict.Tone) -> (colour: String, shape: String) {
        switch tone {
        case .passed: ("#1b6b3d", "M4 8.5l2.7 2.7L12 5.5")
        case .failed: ("#b3261e", "M5 5l6 6M11 5l-6 6")
        case .error: ("#8a4a00", "M8 4v4.5M8 11.7v.1")
        case .interrupted: ("#5d3f9e", "M5.5 5.5h5v5h-5z")
        case .attention: ("#7d5c00", "M8 4.5l4 7H4z")
        }
    }
}
