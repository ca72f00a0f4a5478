package stickcmd

import "stowage/gui/explain"

// Errors are the errors that only these commands have.
func Errors() []explain.Row {
	return []explain.Row{
		{Is: errPlainFound, Code: explain.Plain, Sentence: "There are files that are not encrypted, and a finder could read them; encrypt them with: stow stick convert"},
		{Is: errRolledBack, Code: explain.RolledBack, About: "the stick", Sentence: "{} is older than it was when last seen, so somebody may have put it back to an earlier state; that is on record, and what it holds is as it was then, so find out what happened to it."},
		{Is: errForked, Code: explain.RolledBack, About: "the stick", Sentence: "{} was put back to an earlier state and then written on; that is on record, and what it held between is lost from it, so get that from its backup (stow stick restore --at), find out what happened, and then settle it with: stow stick checkin --recovery --settle 'WHY'"},
		{Is: errUnclear, Code: explain.RolledBack, About: "the stick", Sentence: "{} holds something else than its backup in the same place, so it was not backed up: it may have been put back to an earlier state and then written on; what it is shows when it is opened: stow stick checkin"},
		{Is: errDiffers, Code: explain.Damaged, About: "the stick", Sentence: "Something on {} is not what was backed up, though it never changes; the backup keeps what it has, so check the stick with: stow stick check"},
		{Is: errTampered, Code: explain.Tampered, About: "the register", Sentence: "The register does not fit the checkpoint that {} brought back, so somebody may have changed it; nothing was lost and the stick keeps the proof, so find out with: stow register verify"},
		{Is: errNotTop, Code: explain.Unsuitable, About: "this", Sentence: "{} is not the top of a drive, so nothing was changed; give the drive's own path (stow drives), or add --folder to make a stick of a folder."},
		{Is: errPlanted, Code: explain.Forged, About: "the stick", Sentence: "Something that a computer may run was put on {}, and not by the school, so start nothing from it; the files stored are encrypted and unharmed, so tell ICT, who find out who had it, copy what was put there and delete it"},
		{Is: errStrangeProgram, Code: explain.Forged, About: "the stick", Sentence: "A program on {} is not the one that the school put there, so nobody may start it; the files stored are encrypted and unharmed, so tell ICT, who replace it with: stow stick checkin --recovery --replace-programs"},
	}
}
