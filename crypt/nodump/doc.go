// Package nodump keeps a crash of the programs from writing their memory, and with
// it keys, passphrases and plaintext, to the disk.
//
// On every Unix the size of a core dump is limited to nothing. On Linux the process
// is also marked as one that is never dumped, which covers a core_pattern that pipes
// into a program (systemd-coredump, apport) and ignores the limit; another program
// of the same user can then neither attach to it as a debugger nor read its memory
// and environment in /proc. On Windows a crash writes no memory unless the
// computer's owner asked for it.
//
// It does not protect against root, against swap, or against hibernation.
package nodump
