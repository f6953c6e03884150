"""What a user can be told: one sentence of what happened, what is safe and what to do, by code."""

from daps_desktop.base.i18n import N_

# Translated when they are shown, then filled with the facts of the error.
MESSAGES: dict[str, str] = {
    # photo in
    "photo_missing": N_("There is no file {path}; nothing was changed; check the name and the folder."),
    "photo_is_folder": N_("{path} is a folder, not a photo; nothing was changed; choose a file inside it."),
    "photo_no_permission": N_(
        "{path} may not be read by you; nothing was changed; ask for permission or copy the file first."
    ),
    "photo_empty": N_("{path} is empty (0 bytes); nothing was changed; look for another copy of it."),
    "photo_not_image": N_(
        "{path} is not a picture this program can read; the file was not touched; "
        "open a JPEG, PNG, WebP, TIFF, BMP, HEIC, AVIF or JPEG XL."
    ),
    "photo_page": N_("{path} has no page {page}; nothing was changed; choose one from 1 to {pages}."),
    "photo_truncated": N_(
        "{path} is incomplete or damaged ({detail}); the file was not touched; copy it again from its source."
    ),
    "photo_too_large": N_(
        "{path} says it is {width} × {height} pixels, more than the {limit_mp} megapixels this program "
        "opens; "
        "nothing was changed; save a smaller copy with another program."
    ),
    "photo_not_finite": N_(
        "{path} holds values that are not finite (NaN or infinity); the file was not touched; export it "
        "again as 8 or 16 bit."
    ),
    "photo_unsupported": N_(
        "{path} is stored in a way this program does not read ({detail}); the file was not touched; "
        "save it as an 8 or 16 bit TIFF or PNG."
    ),
    "frame_unfit": N_("The frame does not fit the photo ({detail}); nothing was changed; correct it."),
    "clipboard_empty": N_("There is no picture on the clipboard; nothing was changed; copy one first."),
    # mask in
    "mask_size": N_(
        "The mask is {mask_width} × {mask_height} pixels but the photo is {width} × {height}; "
        "nothing was changed; make the mask at the size of the photo."
    ),
    "mask_inverted": N_(
        "{share:.0%} of the mask {path} is marked, so black may mean repair in it; nothing was changed; "
        "restore with --invert-mask if it does, or with --whole-mask if white does."
    ),
    "mask_needed": N_(
        "Nothing is marked; your photo is unchanged; paint over the damage first, or give a mask."
    ),
    "mask_whole": N_(
        "The whole photo is marked, so nothing is left to go by; your photo is unchanged; "
        "leave unmarked what is sound."
    ),
    # photo out
    "save_exists": N_(
        "{path} already exists; it was not changed; choose another name, or say that it may be replaced."
    ),
    "save_elsewhere": N_(
        "{path} could not be written ({detail}); the result is not lost, it is in {place}; "
        "move it from there once there is room."
    ),
    "save_original": N_(
        "{path} is the original photo; it was not changed; choose another name for the result."
    ),
    "save_failed": N_(
        "{path} could not be written ({detail}); what was there before is unchanged; choose another place."
    ),
    "save_format": N_(
        "{path} has an ending this program does not write; nothing was written; "
        "use .png, .tif, .jpg or .webp."
    ),
    # projects
    "project_damaged": N_(
        "{path} cannot be opened as a project ({detail}); the file was not touched; "
        "look for another copy of it, or open the photo itself."
    ),
    "project_not": N_(
        "{path} is not a project of this program; the file was not touched; open a photo or a .daps file."
    ),
    "project_newer": N_(
        "{path} was saved by a newer version of this program (format {version}); the file was not touched; "
        "open it with that version."
    ),
    "project_photo_missing": N_(
        "The photo of this project is no longer at {path}; your marks and versions are safe in the project; "
        "say where the photo is now."
    ),
    "project_photo_changed": N_(
        "{path} is not the photo as it was when the project was saved; nothing was changed; say where the "
        "unchanged photo is, or use this one anyway."
    ),
    "project_changed": N_(
        "{path} was changed by another window or program since you opened it; it was not replaced; "
        "save under another name, or replace it."
    ),
    "journal_failed": N_(
        "Your work cannot be kept safe against a power cut ({detail}); photo and marks are as they were; "
        "save the project now and then."
    ),
    "recovery_taken": N_(
        "The work on {name} is open in another window; nothing was changed; go on in that window."
    ),
    "recovery_failed": N_(
        "The work on {name} could not be read back ({detail}); it stays where it is, in {path}; "
        "free some memory or disk space and start again."
    ),
    # what is asked for
    "damage_unknown": N_("There is no damage called {name}; nothing was started; choose from: {known}."),
    "damage_value": N_("{name}: {detail}; nothing was started; correct the value."),
    "setting_value": N_("{name}: {detail}; nothing was started; correct the value."),
    "kernel_file": N_(
        "{path} cannot serve as a blur kernel ({detail}); nothing was started; use a small grey picture."
    ),
    "damage_combination": N_("{detail}; nothing was started; choose one of them."),
    "recipe_unreadable": N_(
        "This is not a recipe that this program can read ({detail}); nothing was started; "
        "use one that it wrote itself."
    ),
    "sidecar_unreadable": N_(
        "This is not a sidecar file that this program can read ({detail}); nothing was started; use a file "
        "that it wrote itself."
    ),
    "sidecar_composite": N_(
        "The image was combined from several versions ({name}), so no single run repeats it; nothing was "
        "started; repeat one of the versions instead."
    ),
    "sidecar_other_photo": N_(
        "{path} was written for another photo ({name}); nothing was started; open that photo first."
    ),
    "file_unreadable": N_("{path} could not be read ({detail}); nothing was changed; choose another file."),
    "album_unreadable": N_(
        "{path} is not an album that this program can read ({detail}); nothing was started; "
        "use one that it wrote itself."
    ),
    "album_running": N_(
        "An album is being restored; nothing was added to it; wait until it is done or stop it, then add "
        "the photos."
    ),
    "album_empty": N_(
        "There are no photos in {path}; nothing was started; choose another folder, or add photos to it."
    ),
    "album_left_out": N_(
        "Not all that is there was taken for a photo: {names}; the other photos are in the album; add by "
        "itself what you mean."
    ),
    "album_nothing_to_do": N_(
        "{path} has no marks and nothing was found, so nothing is left to undo; it was not changed; "
        "mark it by hand, or choose what damages the whole photo."
    ),
    "album_taken": N_(
        "Another run writes its results to {path} at this moment; nothing was started; wait for it, or "
        "choose another folder."
    ),
    "album_exists": N_(
        "{path} already exists; it was left alone, as asked; choose another name or folder to have both."
    ),
    "split_small": N_(
        "An outline holds too little to be a photo; nothing was written of it; draw it larger, or remove it."
    ),
    # several computers
    "cluster_missing": N_(
        "This installation cannot speak to a cluster; nothing was started; "
        "install it with pip install 'daps-desktop[cluster]', here and on every worker."
    ),
    "cluster_unreachable": N_(
        "No scheduler answers at {address} ({detail}); nothing was started; "
        "start one with dask scheduler, and check the address, which looks like tcp://computer:8786."
    ),
    "cluster_idle": N_(
        "The scheduler at {address} has no workers; nothing was started; "
        "start dask worker {address} --nthreads 1 --memory-limit 0 on each computer that is to help."
    ),
    "cluster_version": N_(
        "The cluster and this computer do not have the same programs ({where}: {there}; here: {here}); "
        "what was done before is kept; install the same versions everywhere and run the same command again."
    ),
    "cluster_unfit": N_(
        "A worker of the cluster cannot restore any photo ({detail}); what was done before is kept; "
        "put that right on every worker and run the same command again."
    ),
    "cluster_lost": N_(
        "The scheduler at {address} does not answer any more; what was done before is kept; "
        "start it again and run the same command again to go on."
    ),
    "cluster_photo_lost": N_(
        "Every worker that was given {path} ended unexpectedly, as happens when memory runs out; the photo "
        "was not touched; restore it alone on a computer with more memory."
    ),
    "nothing_chosen": N_("No damage was chosen; nothing was started; say what is wrong with the photo."),
    # the run
    "memory_short": N_(
        "This run needs about {needed_mb} MB of memory and {available_mb} MB are free; "
        "your photo and mask are unchanged; close other programs, or restore a smaller copy."
    ),
    "memory_out": N_(
        "The memory ran out even with the smallest tiles; your photo and mask are unchanged; "
        "close other programs, or restore a smaller copy."
    ),
    "device_lost": N_(
        "The graphics card stopped working ({detail}); your photo and marks are safe and the part of the "
        "program that computes has been restarted; try again, or choose the processor under Advanced."
    ),
    "device_missing": N_("This computer has no {device} device; nothing was started; choose auto or cpu."),
    "diverged": N_(
        "The computation produced values that are not finite ({detail}); your photo and mask are "
        "unchanged; check the damage values, or raise the noise level."
    ),
    "constant_result": N_(
        "The result came out as one flat colour and was thrown away; your photo and mask are unchanged; "
        "check the damage values, or try another prior."
    ),
    "result_unfit": N_(
        "The result did not have the size or depth of your photo ({detail}) and was thrown away; "
        "your photo and mask are unchanged; try again, and report it if it comes back."
    ),
    "engine_died": N_(
        "The part of the program that computes ended unexpectedly ({detail}); your photo and marks are "
        "safe and it has been restarted; try again, with other programs closed if memory is short."
    ),
    "bug": N_(
        "Something went wrong inside the program ({detail}); your photo and mask are unchanged; "
        "try again, and report it if it comes back."
    ),
    # priors
    "prior_missing": N_("There is no prior called {name}; nothing was started; installed are: {known}."),
    "prior_other": N_(
        "The prior {name} is not the one that was asked for (its checksum is another); nothing was started; "
        "install the one that was used."
    ),
    "prior_damaged": N_(
        "The prior {name} is incomplete or altered (its checksum differs); it was not loaded; "
        "import it again."
    ),
    "prior_unreadable": N_(
        "{path} is not a prior this program can use ({detail}); nothing was changed; choose another."
    ),
    "prior_exists": N_(
        "A prior called {name} is already there; it was not changed; give the new one another name."
    ),
    "prior_name": N_(
        "{name} cannot be the name of a prior; nothing was imported; "
        "use up to 64 letters, digits, '.', '-' and '_'."
    ),
    "prior_built_in": N_("{name} comes with the program; it was not removed; only imported priors can be."),
    "download_name": N_(
        "{name} is not the name of a repository; nothing was fetched; write it as publisher/name."
    ),
    "download_unfit": N_(
        "{repository} holds no prior that this program can use; nothing was fetched; choose another."
    ),
    "download_room": N_(
        "There is room for {free_mb} MB and {needed_mb} MB are needed; nothing was fetched; free some space."
    ),
    "download_failed": N_(
        "{repository} could not be fetched ({detail}); what has come so far is kept; "
        "check the connection and try again."
    ),
    "download_damaged": N_(
        "{file} of {repository} is not what its publisher says (its checksum differs); it was thrown away; "
        "fetch it again."
    ),
    "download_changed": N_(
        "{file} of {repository} is not the file that is known by that name (its checksum differs); "
        "nothing was installed; ask its publisher why it changed."
    ),
    "prior_write": N_(
        "The prior could not be written to {path} ({detail}); nothing was imported; "
        "free some space, or choose another folder."
    ),
    "finder_damaged": N_(
        "The damage finder that comes with the program is missing or altered; your photo and marks are "
        "unchanged; mark the damage by hand, or install the program again."
    ),
    # training
    "run_exists": N_(
        "{path} already holds a training run; it was not changed; "
        "continue it with --resume, or name another folder."
    ),
    "run_damaged": N_(
        "The training run in {path} cannot be continued ({detail}); nothing was changed; start a new one."
    ),
    "run_missing": N_("{path} holds no training run; nothing was started; check the name of the folder."),
    "photos_missing": N_(
        "Of {count} pictures none could be read at {shortest} pixels or more on both sides; "
        "nothing was started; "
        "choose another folder."
    ),
    "photos_few": N_(
        "{path} holds {count} photos that can be used for training; nothing was started; choose a folder "
        "with more of them, at least two of {side} pixels or more on both sides."
    ),
    "taught_worse": N_(
        "Fine-tuning brought {own} dB on the held-out photos and {drawn} dB on synthetic images: no better "
        "prior; nothing was installed and {start} is as it was; choose more or other photos, or repeat "
        "with --resume --keep to install it anyway."
    ),
    "training_diverged": N_(
        "The training diverged; the last checkpoint in {path} is sound; continue it with --resume, or "
        "start again with a smaller learning rate."
    ),
}
