//! Where the settings say that media are kept.
use std::sync::Arc;

use object_store::{
    ObjectStore,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    prefix::PrefixStore,
};

use crate::settings::MediaUrl;

/// Opens the folder, which is made if it is not there, or the bucket.
pub(crate) fn open(place: &MediaUrl) -> Result<Arc<dyn ObjectStore>, Box<dyn std::error::Error + Send + Sync>> {
    match place {
        MediaUrl::File(folder) => {
            std::fs::create_dir_all(folder)?;
            Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?))
        }
        MediaUrl::S3 { bucket, prefix, aws } => {
            let mut builder = AmazonS3Builder::new().with_bucket_name(bucket);
            for (name, value) in aws.iter() {
                if let Ok(key) = name.parse::<AmazonS3ConfigKey>() {
                    builder = builder.with_config(key, value);
                }
            }
            Ok(Arc::new(PrefixStore::new(builder.build()?, prefix.as_str())))
        }
    }
}
