#!/bin/sh
# Install DAPS Desktop for this user, without root, or take it away again:
#     ./install.sh
#     ./install.sh --uninstall
# Photos, projects, priors and preferences are never touched.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
program="$HOME/.local/lib/daps-desktop"
link="$HOME/.local/bin/daps-desktop"
share="${XDG_DATA_HOME:-$HOME/.local/share}"

refresh() {
    command -v update-desktop-database >/dev/null && update-desktop-database -q "$share/applications" || true
    command -v update-mime-database >/dev/null && update-mime-database "$share/mime" >/dev/null 2>&1 || true
    command -v gtk-update-icon-cache >/dev/null && gtk-update-icon-cache -qtf "$share/icons/hicolor" || true
}

each_share() {  # the files for the desktop, one a line
    (cd "$1" && find . -type f | sed 's|^\./||')
}

uninstall() {
    [ -d "$program" ] || { echo "DAPS Desktop is not installed for this user."; exit 1; }
    each_share "$program/share" | while read -r name; do rm -f "$share/$name"; done
    rm -rf "$program" "$link"
    refresh
    echo "DAPS Desktop was removed. Your photos, projects, priors and preferences are where they were."
}

missing() {  # libraries that a window needs and that neither the program nor the system has
    find "$program/_internal/PySide6" -name 'libqxcb.so' \
        -exec env LD_LIBRARY_PATH="$program/_internal" ldd {} + | awk '/not found/ { print $1 }' | sort -u
}

install() {
    [ -d "$here/daps-desktop" ] || { echo "Run install.sh from the unpacked folder."; exit 1; }
    mkdir -p "$(dirname "$program")" "$(dirname "$link")" "$share"
    rm -rf "$program.new"
    cp -a "$here/daps-desktop" "$program.new"
    cp -a "$here/share" "$program.new/share"
    cp "$here/install.sh" "$program.new/uninstall.sh"
    rm -rf "$program"
    mv "$program.new" "$program"
    each_share "$here/share" | while read -r name; do
        mkdir -p "$share/$(dirname "$name")"
        cp "$here/share/$name" "$share/$name"
    done
    # A menu does not know ~/.local/bin on every system, so its entry names the whole path.
    sed -i "s|^Exec=daps-desktop|Exec=\"$program/daps-desktop\"|; s|^TryExec=.*|TryExec=$program/daps-desktop|" \
        "$share/applications/daps-desktop.desktop"
    ln -sf "$program/daps-desktop" "$link"
    refresh
    echo "DAPS Desktop is in the menu now, and in a terminal it is $link."
    lacking=$(missing)
    [ -z "$lacking" ] || printf 'This system lacks libraries that the window needs:\n%s\n' "$lacking"
}

case "${1:-}" in
    "") install ;;
    --uninstall) uninstall ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
