import Glibc

extension ArraySlice<UInt8> {
    /// Where a byte first stands; by `memchr`, as this runs over everything that is printed.
    func firstIndex(ofByte byte: UInt8) -> Int? {
        withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, let found = memchr(base, Int32(byte), buffer.count) else { return nil }
            return startIndex + base.distance(to: UnsafeRawPointer(found))
        }
    }
}
