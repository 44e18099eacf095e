package child

import "syscall"

// attributes keep the terminal's Ctrl-C away from the child, which is stopped after its users, and let the kernel kill it
// when the thread that started it ends.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
