package layout

// Where things are on a stick; FORMAT.md, "Files".
const (
	Found    = "IF FOUND.txt"
	Base     = "stowage"
	Keys     = Base + "/keys"
	Layers   = Base + "/layers"
	Contents = Base + "/contents"
	Lock     = Base + "/lock"
	Owner    = Base + "/in-use.txt"
	Reserve  = Base + "/reserve.note" // programs before it take what ends so for the stick's own
	// The note is replaced by writing the name that is free.
	Note     = Base + "/stick.note"
	NoteB    = Base + "/stick-b.note"
	Programs = Base + "/programs" // where a program is written before it takes the place of an older one
)

// Settings is where a program that was started from the stick keeps how its window
// looks, so that it leaves nothing on the computer. It holds nothing personal.
const Settings = Base + "/settings"
