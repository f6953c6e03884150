#!/bin/sh
# Sign, notarise and pack the application bundle that packaging/build.py makes. Written for macOS 12; not run yet.
#
#     packaging/macos/sign.sh 0.1.0
#
# IDENTITY   the name of a "Developer ID Application" certificate in the keychain
# APPLE_ID, TEAM_ID, APP_PASSWORD   of the developer account; without them nothing is notarised
# Without IDENTITY the bundle gets an ad-hoc signature: it runs on this computer, elsewhere after a right click.
set -eu

version=$1
cd "$(dirname "$0")/../.."
app="dist/DAPS Desktop.app"
image="dist/daps-desktop-$version-macos-$(uname -m).dmg"
entitlements=packaging/macos/entitlements.plist

if [ -n "${IDENTITY:-}" ]; then
    # Inside out: a bundle's signature covers those of the files in it.
    find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' -o -name torch_shm_manager \) -print0 |
        xargs -0 codesign --force --timestamp --options runtime --sign "$IDENTITY"
    codesign --force --timestamp --options runtime --entitlements "$entitlements" --sign "$IDENTITY" "$app"
else
    codesign --force --deep --sign - "$app"
fi
codesign --verify --deep --strict "$app"

rm -f "$image"
hdiutil create -volname "DAPS Desktop" -srcfolder "$app" -format ULFO "$image"

if [ -n "${IDENTITY:-}" ] && [ -n "${APPLE_ID:-}" ]; then
    codesign --force --timestamp --sign "$IDENTITY" "$image"
    xcrun notarytool submit "$image" --wait --apple-id "$APPLE_ID" --team-id "$TEAM_ID" --password "$APP_PASSWORD"
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature "$image"
fi
echo "$image"
