internal import Foundation

/// Text in the encodings that HTTP's basic authentication needs.
enum Base64 {
    static func text(_ plain: String) -> String { Data(plain.utf8).base64EncodedString() }

    static func percentDecoded(_ text: String) -> String { text.removingPercentEncoding ?? text }
}
