// Swift's own conversions of a Double end the whole process if the number does not fit: no teardown, no report. A number of a host, an API
// or a file can be `1e300`. These take their place in every file that imports MatrixCore, so that the compiler refuses them; a cast that is
// meant is written `Int(nearest:)`, which saturates, or `Int(exactly:)`, which is nil.

extension Int {
    @available(*, deprecated, message: "ends the process if the number does not fit: write Int(nearest:) or (exactly:)")
    public init(_ number: Double) { self.init(nearest: number.rounded(.towardZero)) }
}

extension Int64 {
    @available(*, deprecated, message: "ends the process if the number does not fit: write Int(nearest:) or (exactly:)")
    public init(_ number: Double) { self.init(Int(nearest: number.rounded(.towardZero))) }
}

extension Int32 {
    @available(*, deprecated, message: "ends the process if the number does not fit: write Int(nearest:) or (exactly:)")
    public init(_ number: Double) { self.init(clamping: Int(nearest: number.rounded(.towardZero))) }
}

extension UInt64 {
    @available(*, deprecated, message: "ends the process if the number does not fit: write Int(nearest:) or (exactly:)")
    public init(_ number: Double) { self.init(clamping: Int(nearest: number.rounded(.towardZero))) }
}

extension UInt32 {
    @available(*, deprecated, message: "ends the process if the number does not fit: write Int(nearest:) or (exactly:)")
    public init(_ number: Double) { self.init(clamping: Int(nearest: number.rounded(.towardZero))) }
}

extension UInt8 {
    @available(*, deprecated, message: "ends the process if the number does not fit: write Int(nearest:) or (exactly:)")
    public init(_ number: Double) { self.init(clamping: Int(nearest: number.rounded(.towardZero))) }
}
