package webdav

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"
)

// clients are Windows' own: the WebClient service, which starts by itself when it is
// asked for a drive.
func clients() []client { return []client{{"net use", netUse}} }

// netUse gives the drive a letter.
func netUse(ctx context.Context, address string) (*Mounted, error) {
	letter, err := freeLetter()
	if err != nil {
		return nil, err
	}
	if _, err := run(ctx, "", systemProgram("net.exe"), "use", letter, strings.TrimSuffix(address, "/"), "/persistent:no"); err != nil {
		return nil, err
	}
	return &Mounted{
		Where: letter + `\`,
		show:  []string{filepath.Join(windowsFolder(), "explorer.exe"), letter + `\`},
		unmount: func(ctx context.Context) error {
			_, err := run(ctx, "", systemProgram("net.exe"), "use", letter, "/delete", "/y")
			return err
		},
	}, nil
}

// freeLetter is the last drive letter that is free, as "net use *" would choose it.
func freeLetter() (string, error) {
	taken, err := windows.GetLogicalDrives()
	if err != nil {
		return "", err
	}
	for letter := 'Z'; letter >= 'D'; letter-- {
		if taken&(1<<(letter-'A')) == 0 {
			return string(letter) + ":", nil
		}
	}
	return "", errors.New("no drive letter is free")
}

// systemProgram is the path of one of Windows' programs, so that none in the working
// folder is taken for it.
func systemProgram(name string) string {
	if dir, err := windows.GetSystemDirectory(); err == nil {
		return filepath.Join(dir, name)
	}
	return filepath.Join(windowsFolder(), "System32", name)
}

func windowsFolder() string {
	if dir, err := windows.GetWindowsDirectory(); err == nil {
		return dir
	}
	return os.Getenv("SystemRoot")
}

func hideWindow(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: windows.CREATE_NO_WINDOW}
}
