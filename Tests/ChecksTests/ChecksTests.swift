// ChecksTests
