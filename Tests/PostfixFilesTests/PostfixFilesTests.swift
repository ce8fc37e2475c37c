// PostfixFilesTests
