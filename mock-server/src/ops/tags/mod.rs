//! Tags of application inference profiles, the only taggable resources that the mock has.
//!
//! | file | what |
//! |---|---|
//! | `tag`, `untag`, `list` | the operations |
//! | `tagged` | finds the resource |
//! | `tag_list` | a list of tags: reading it, its rules |

pub(super) mod list;
pub(super) mod tag;
pub(super) mod tag_list;
mod tagged;
pub(super) mod untag;
