// Files that the kernel makes up, as in /proc and /sys: even to open one may do something (/proc/kmsg).

#if canImport(Glibc)
  import CLinux
#endif

package enum KernelFiles {
  package static func have(_ path: String) -> Bool { isKernels(randmap_file_system_of_path(path)) }
  package static func have(descriptor: Int32) -> Bool { isKernels(randmap_file_system_of_file(descriptor)) }

  /// Whether the kernel makes up the files of a file system of this type (linux/magic.h).
  private static func isKernels(_ type: UInt) -> Bool {
    switch type {
    case 0x9FA0, 0x6265_6572, 0x6462_6720, 0x7472_6163: true  // proc, sysfs, debugfs, tracefs
    case 0x27_E0EB, 0x6367_7270, 0x7363_6673, 0x6265_6570: true  // cgroup, cgroup2, securityfs, configfs
    case 0xF97C_FF8C, 0x4341_5D53, 0xCAFE_4A11, 0xDE5E_81E4: true  // selinuxfs, smackfs, bpf, efivarfs
    case 0x6165_676C, 0x1CD1, 0x4249_4E4D, 0x1980_0202: true  // pstore, devpts, binfmt_misc, mqueue
    case 0x6E73_6673, 0x6759_6969, 0x6573_5543: true  // nsfs, rpc_pipefs, fusectl
    default: false
    }
  }
}
