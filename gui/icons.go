package gui

import (
	_ "embed"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"stowage/gui/widgets"
)

//go:embed icon/stowage.svg
var appIcon []byte

// AppIcon is the program's own picture: a stick in a shield-shaped berth.
func AppIcon() fyne.Resource { return fyne.NewStaticResource("stowage.svg", appIcon) }

// ownIcons are the pictures that take the place of Fyne's.
func ownIcons() map[fyne.ThemeIconName]widgets.Icon {
	return map[fyne.ThemeIconName]widgets.Icon{
		theme.IconNameCancel:             "close",
		theme.IconNameConfirm:            "check",
		theme.IconNameDelete:             "delete",
		theme.IconNameSearch:             "search",
		theme.IconNameMenu:               "menu",
		theme.IconNameMenuExpand:         "expand",
		theme.IconNameContentAdd:         "add",
		theme.IconNameContentRemove:      "remove",
		theme.IconNameContentCut:         "cut",
		theme.IconNameContentCopy:        "copy",
		theme.IconNameContentPaste:       "paste",
		theme.IconNameContentClear:       "clear",
		theme.IconNameContentUndo:        "undo",
		theme.IconNameContentRedo:        "redo",
		theme.IconNameInfo:               "info",
		theme.IconNameQuestion:           "question",
		theme.IconNameWarning:            "warning",
		theme.IconNameError:              "bad",
		theme.IconNameDocument:           "text",
		theme.IconNameDocumentCreate:     "edit",
		theme.IconNameDocumentPrint:      "print",
		theme.IconNameDocumentSave:       "save",
		theme.IconNameMoreHorizontal:     "more",
		theme.IconNameMailSend:           "mail",
		theme.IconNameMoveDown:           "down",
		theme.IconNameMoveUp:             "up",
		theme.IconNameNavigateBack:       "back",
		theme.IconNameNavigateNext:       "forward",
		theme.IconNameArrowDropDown:      "drop-down",
		theme.IconNameArrowDropUp:        "drop-up",
		theme.IconNameFile:               "file",
		theme.IconNameFileImage:          "image",
		theme.IconNameFileText:           "text",
		theme.IconNameFileVideo:          "video",
		theme.IconNameFileAudio:          "sound",
		theme.IconNameFolder:             "folder",
		theme.IconNameFolderNew:          "folder-new",
		theme.IconNameFolderOpen:         "folder-open",
		theme.IconNameHelp:               "question",
		theme.IconNameHistory:            "history",
		theme.IconNameHome:               "home",
		theme.IconNameSettings:           "settings",
		theme.IconNameStorage:            "drive",
		theme.IconNameUpload:             "upload",
		theme.IconNameDownload:           "download",
		theme.IconNameViewRefresh:        "refresh",
		theme.IconNameVisibility:         "show",
		theme.IconNameVisibilityOff:      "hide",
		theme.IconNameComputer:           "laptop",
		theme.IconNameAccount:            "person",
		theme.IconNameCalendar:           "calendar",
		theme.IconNameLogout:             "leavers",
		theme.IconNameList:               "list",
		theme.IconNameGrid:               "grid",
		theme.IconNameCheckButton:        "checkbox",
		theme.IconNameCheckButtonChecked: "checkbox-on",
		theme.IconNameRadioButton:        "radio",
		theme.IconNameRadioButtonChecked: "radio-on",
	}
}
