import Glibc

extension ArraySlice<UInt8> {
    /// The first position of a byte; uses `memchr`, as this runs over all output.
    func firstIndex(ofByte byte: UInt8) -> Int? {
        withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, let found = memchr(base, Int32(byte), buffer.count) else { return nil }
            return startIndex + base.distance(to: UnsafeRawPointer(found))
        }
    }
}
