// Searching in the bytes of a log: the one file of this module that leaves safe Swift, for memchr(3) and memmem(3). A
// log has millions of lines, and most of the time goes into finding where the next one ends. What compares a few bytes is put
// where it is called: a call takes longer than that.

import CLinux
import Glibc

extension Span<UInt8> {
  /// The first `byte` in `range`; nil if there is no such byte.
  func position(of byte: UInt8, in range: Range<Int>) -> Int? {
    withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, range.lowerBound >= 0, range.upperBound <= buffer.count,
        let found = memchr(base + range.lowerBound, Int32(byte), range.count)
      else { return nil }
      return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
  }

  /// Where `text` starts first in `range`; nil where it does not occur.
  func position(of text: StaticString, in range: Range<Int>) -> Int? {
    withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, range.lowerBound >= 0, range.upperBound <= buffer.count,
        let found = memmem(base + range.lowerBound, range.count, text.utf8Start, text.utf8CodeUnitCount)
      else { return nil }
      return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
  }

  /// Whether `range` starts with `text`.
  @inline(__always)
  func starts(with text: StaticString, in range: Range<Int>) -> Bool {
    guard range.count >= text.utf8CodeUnitCount, range.lowerBound >= 0, range.upperBound <= count else {
      return false
    }
    return withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map {
        memcmp($0 + range.lowerBound, text.utf8Start, text.utf8CodeUnitCount) == 0
      } ?? false
    }
  }

  /// Whether `range` is exactly `text`.
  @inline(__always)
  func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
    range.count == text.utf8CodeUnitCount && starts(with: text, in: range)
  }

  /// Whether `range` has the bytes of `other`, from `offset` of it on.
  func equals(_ other: [UInt8], from offset: Int = 0, in range: Range<Int>) -> Bool {
    guard range.lowerBound >= 0, range.upperBound <= count, offset + range.count <= other.count else {
      return false
    }
    return withUnsafeBufferPointer { buffer in
      other.withUnsafeBufferPointer { known in
        guard let left = buffer.baseAddress, let right = known.baseAddress else { return range.isEmpty }
        return memcmp(left + range.lowerBound, right + offset, range.count) == 0
      }
    }
  }

  /// The bytes of `range` as an array.
  func array(_ range: Range<Int>) -> [UInt8] {
    withUnsafeBufferPointer { Array($0[range]) }
  }

  /// The bytes of `range` as text, invalid UTF-8 replaced.
  func text(_ range: Range<Int>) -> String {
    withUnsafeBufferPointer { String(decoding: $0[range], as: UTF8.self) }
  }

  /// The number that `range` is in decimal digits; nil for anything else.
  func number(_ range: Range<Int>) -> Int? {
    guard (1...18).contains(range.count) else { return nil }
    var value = 0
    for index in range {
      let digit = self[index] &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }

  /// A hash of `range` that is another one in each run, so that no sender of mail can make keys collide.
  func hash(_ range: Range<Int>, seed: UInt64) -> UInt64 {
    withUnsafeBufferPointer { buffer in
      // Asking for it takes time each time.
      let secret = hashSecret
      // Seeds differ by little, and so do texts: unmixed, one difference could make up for the other.
      var hash = Self.mixed(seed ^ secret ^ (UInt64(range.count) &* 0x9E37_79B9_7F4A_7C15), secret)
      var at = range.lowerBound
      let raw = UnsafeRawBufferPointer(buffer)
      while at + 8 <= range.upperBound {
        hash = Self.mixed(hash ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self), secret)
        at += 8
      }
      var rest: UInt64 = 0
      while at < range.upperBound {
        rest = rest << 8 | UInt64(raw[at])
        at += 1
      }
      return Self.mixed(hash ^ rest, secret)
    }
  }

  private static func mixed(_ value: UInt64, _ secret: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low ^ secret
  }
}

/// Drawn once a run.
private let hashSecret = UInt64.random(in: 0...UInt64.max)
