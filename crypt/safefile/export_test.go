package safefile

// The ways to give a file a new name where the file system has no rename that
// refuses to replace.
var (
	RenameByLink  = renameByLink
	RenameByClaim = renameByClaim
)
