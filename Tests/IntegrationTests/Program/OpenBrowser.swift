import Foundation
import IntegrationSupport
import MatrixTesting
import Testing

/// Chromium with one page that stays open: a test looks at it again and again, and learns whom it asked.
///
/// A program in Python talks to Chromium by its pipe: the browser listens at no port.
final class OpenBrowser {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var rest = Data()
    private let folder: TemporaryFolder

    private static let script = #"""
        import json, os, subprocess, sys, threading
        down, up = os.pipe(), os.pipe()
        # The ends have numbers below 10, and Chromium reads 3 and writes 4.
        def moved():
            os.dup2(down[0], 13); os.dup2(up[1], 14); os.dup2(13, 3); os.dup2(14, 4)
        browser = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
             "--disable-background-networking", "--no-first-run", "--user-data-dir=" + sys.argv[1], "about:blank"],
            preexec_fn=moved, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        writer = os.fdopen(down[1], "wb")
        answers, asked, changed, number, session = {}, [], threading.Condition(), 0, None
        def listen():
            data = b""
            while True:
                part = os.read(up[0], 1 << 16)
                if not part: os._exit(1)
                data += part
                while b"\0" in data:
                    text, data = data.split(b"\0", 1)
                    message = json.loads(text)
                    with changed:
                        if "id" in message: answers[message["id"]] = message
                        elif message.get("method") == "Network.requestWillBeSent": asked.append(message["params"]["request"]["url"])
                        changed.notify_all()
        threading.Thread(target=listen, daemon=True).start()
        def call(method, **parameters):
            global number
            number += 1
            message = {"id": number, "method": method, "params": parameters}
            if session: message["sessionId"] = session
            writer.write(json.dumps(message).encode() + b"\0"); writer.flush()
            with changed:
                if not changed.wait_for(lambda: number in answers, 60): sys.exit("Chromium does not answer " + method)
                return answers.pop(number).get("result", {})
        target = call("Target.createTarget", url="about:blank")["targetId"]
        session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        call("Network.enable"); call("Page.enable")
        for line in sys.stdin:
            question = json.loads(line)
            if "open" in question: value = call("Page.navigate", url=question["open"]).get("errorText", "")
            elif "asked" in question: value = "\n".join(asked)
            else:
                result = call("Runtime.evaluate", expression=question["evaluate"], returnByValue=True, awaitPromise=True)
                value = result.get("exceptionDetails", {}).get("text") or str(result.get("result", {}).get("value", ""))
            print(json.dumps(value), flush=True)
        browser.terminate(); browser.wait(20)
        """#

    init() throws {
        folder = try TemporaryFolder()
        try folder.put("browser.py", Self.script)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "\(folder.path)/browser.py", "\(folder.path)/profile"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Ends Chromium.
    func close() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Goes to an address.
    func open(_ address: String) throws { _ = try ask(["open": address]) }

    /// The value of an expression of JavaScript, as text.
    @discardableResult
    func evaluate(_ expression: String) throws -> String { try ask(["evaluate": expression]) }

    /// The addresses that the page and the browser's tab have asked for.
    func asked() throws -> [String] { try ask(["asked": ""]).split(separator: "\n").map(String.init) }

    /// Waits until an expression is true.
    func wait(for expression: String, seconds: Double = 120) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while try evaluate("!!(\(expression))") != "True" {
            guard ContinuousClock.now < end else {
                Issue.record("not true after \(seconds) s: \(expression)\n\(try evaluate("document.body.innerText.slice(0, 3000)"))")
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func ask(_ question: [String: String]) throws -> String {
        try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(question) + Data("\n".utf8))
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = rest[rest.startIndex..<end]
                rest = Data(rest[rest.index(after: end)...])
                return try JSONDecoder().decode(String.self, from: line)
            }
            let part = output.fileHandleForReading.availableData
            try #require(!part.isEmpty, "the browser has ended")
            rest += part
        }
    }
}
