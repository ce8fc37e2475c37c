// Which change a running Postfix notices by itself.

import Changes
import PostfixFiles
import Testing

@Test(arguments: [
  ("hash", Uptake.byItself), ("lmdb", .byItself), ("socketmap", .atOnce), ("texthash", .afterReload),
  ("inline", .afterReload), ("randmap", .afterReload), ("nosuch", .afterReload),
])
func uptakeOfATable(_ type: String, _ expected: Uptake) {
  #expect(Uptake.ofTable(TableType(type)) == expected)
}
