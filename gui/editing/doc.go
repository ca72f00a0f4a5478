// Package editing lets other programs work on the files of an open stick: a file is
// decrypted into a private folder of this computer, watched, and stored on the
// stick again when a program has written it.
//
// # Promised
//
//   - The folder is for this user alone (0700, files 0600), and each file lies in a
//     folder of its own with the name that it has on the stick.
//   - What a program has written and left alone for a moment is stored by Save, also
//     when it was written under a new name beside the file. The version before
//     stays among the previous versions of the stick.
//   - Close overwrites and removes everything. What a crash left is removed by
//     WipeLeftovers at the next start; folders of programs that still run stay.
//
// # Not promised
//
// Programs may keep copies elsewhere (recent files, automatic backups), and a
// drive keeps traces that overwriting does not reach. What was changed and not
// yet stored when this program died is gone with the private folder.
//
// A Folder is safe for concurrent use.
package editing
