// Package drives tells which removable drives are plugged in now, watches them
// come and go, and ejects them.
//
// # Promised
//
// [List] offers only mounted, local, removable storage: a drive on USB, an SD
// card or FireWire, or one whose medium the system calls removable. The system
// disk is never offered, nor is any other partition of the same physical disk:
// on Linux whatever holds /, /boot, /efi, /home, /usr and their like or swap,
// followed down through device-mapper, LVM, LUKS and RAID to the whole disks;
// on Windows what holds the Windows folder, the programs or the user's profile;
// on macOS the start-up disk and what is internal, an SD card apart. Network
// drives, optical discs and memory are never offered. An attached disk image is
// offered when it is formatted FAT or exFAT, as sticks are, and not otherwise.
//
// [At] describes whatever holds a path, offered or not; [Drive.Usable] refuses
// the system disk.
//
// No administrator's rights are needed, and nothing is written to any drive.
// Everything a drive says of itself is bounded and cleaned of control
// characters, since a stick is free to lie.
//
// # Not promised
//
// Make, model and serial are what the hardware claims; they may be empty,
// the same on a whole batch of cheap sticks, or forged, and do not prove
// which stick it is. A drive that is not mounted has no path and is not listed.
// An external disk that shows itself as an internal one (eSATA, on Windows also
// Thunderbolt) is not listed, but can be named by its path. A label on Linux
// comes from udev; without udev it takes the right to read the device and the
// program blkid. A drive may vanish at any moment after it was listed.
//
// What the parsers make of Windows and macOS is tested on recordings, and their
// system calls are compiled and vetted, but they are not run by the tests of a
// Linux computer.
package drives
